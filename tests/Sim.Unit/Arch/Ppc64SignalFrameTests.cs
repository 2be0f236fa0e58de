using Sim.Arch;
using Sim.Arch.PowerPc;
using static Sim.Arch.PowerPc.PowerPcRegisters;

namespace Sim.Unit.Arch;

/// <summary>Signal frames of 64-bit powerpc programs.</summary>
public sealed class Ppc64SignalFrameTests
{
    private const ulong Descriptor = MappedMemory.DefaultBase + 0x40;
    private const ulong Entry = 0x1000_2000;
    private const ulong Toc = 0x1000_9000;
    private const ulong Mask = 0x8000_0000_0000_4002;
    private const ulong StackBase = 0x3_0000_0000;
    private static readonly UserSiginfo s_info = new(11, 1) { Addr = 0xdead };
    private static readonly AltStack s_stack = new(MappedMemory.DefaultBase + 0x1000, 0x2000);

    [Fact]
    public void A_handler_is_entered_through_its_descriptor()
    {
        Bench bench = Interrupted();
        ulong msr = bench[Msr];
        Assert.True(bench.Deliver(Signal(HandlerFlags.SigInfo)));
        ulong frame = bench[Gpr1] + 128;

        Assert.Equal((0UL, true), (frame & 15, frame + 1880 + 288 <= Bench.StackPointer));
        Assert.Equal((Entry, Toc), (bench[Nip], bench[Gpr2]));
        Assert.Equal((11UL, frame + 1752, frame, frame), (bench[Gpr3], bench[4], bench[5], bench[6]));
        Assert.Equal((frame + 1712, 0UL, 0UL, msr), (bench[Link], bench[Result], bench[Fpscr], bench[Msr]));
        Assert.Equal(Bench.StackPointer, bench.Memory.Word(bench[Gpr1], bigEndian: true));
    }

    [Fact]
    public void Without_SA_SIGINFO_the_second_argument_is_the_sigcontext()
    {
        Bench bench = Interrupted();
        ulong[] before = bench.Words(0, PtRegs);
        Assert.True(bench.Deliver(Signal(HandlerFlags.None)));
        Assert.Equal((bench[Gpr1] + 128 + 168, before[5]), (bench[4], bench[5]));
    }

    [Fact]
    public void The_frame_is_laid_out_as_struct_rt_sigframe()
    {
        Bench bench = Interrupted();
        ulong[] before = bench.Words(0, PowerPcRegisters.Count);
        bench.Deliver(Signal(HandlerFlags.SigInfo));
        ulong frame = bench[Gpr1] + 128;

        ulong At(int offset) => bench.Memory.Word(frame + (ulong)offset, bigEndian: true);
        Assert.Equal((0UL, 0UL, s_stack.Sp, 0UL, s_stack.Size, Mask), (At(0), At(8), At(16), At(24), At(32), At(40)));
        Assert.Equal((11UL << 32, Descriptor, frame + 232), (At(200), At(208), At(224)));
        Assert.Equal(
            before[..PtRegs].Select((value, i) => i == Msr ? value | 0x2800000 : value),
            Enumerable.Range(0, PtRegs).Select(i => At(232 + (8 * i))));
        Assert.Equal(before[Fpr..(Fpr + 33)], Enumerable.Range(0, 33).Select(i => At(616 + (8 * i))));
        Assert.Equal((frame + 896, 0UL), (At(880), At(880) & 15));
        Assert.Equal(before[Vr..(Vr + 66)], Enumerable.Range(0, 66).Select(i => At(896 + (8 * i))));
        Assert.Equal(before[VsrLow..(VsrLow + 32)], Enumerable.Range(0, 32).Select(i => At(1440 + (8 * i))));
        Assert.Equal((frame + 1752, frame), (At(1736), At(1744)));
        Assert.Equal(s_info, SiginfoImage.Ppc64.Read(bench.Memory.Bytes(frame + 1752, 128).Span));
    }

    [Fact]
    public void The_trampoline_drops_the_caller_frame_and_calls_rt_sigreturn()
    {
        Bench bench = Interrupted();
        bench.Deliver(Signal(HandlerFlags.SigInfo));
        ulong trampoline = bench[Link];

        Assert.Equal(
            [0x38210080u, 0x380000acu, 0x44000002u, 0u, 0u, 0u],
            Enumerable.Range(0, 6).Select(i => bench.Memory.Half(trampoline + (4 * (ulong)i), bigEndian: true)));
        Assert.Equal(172, SyscallTable.Linux2632.Find("rt_sigreturn")!.Ppc64);
    }

    [Fact]
    public void Sigreturn_puts_back_every_register_and_the_mask()
    {
        Bench bench = Interrupted();
        ulong[] before = bench.Words(0, bench.Regs.Length);
        bench.Deliver(Signal(HandlerFlags.SigInfo));
        RunHandler(bench);
        FrameReturn answer = bench.Return();

        Assert.Equal((true, Mask, s_stack, 0), (answer.IsValid, answer.Mask!.Value, answer.Stack, answer.StackFlags));
        Assert.Equal(before, bench.Words(0, bench.Regs.Length));
    }

    [Fact]
    public void Of_the_machine_state_only_the_byte_order_comes_back()
    {
        Bench bench = Interrupted();
        bench.Deliver(Signal(HandlerFlags.SigInfo));
        bench.Memory.PutWord(bench.Cpu, bench[Gpr1] + 128 + 232 + (8 * Msr), 1, bigEndian: true);
        RunHandler(bench);
        Assert.True(bench.Return().IsValid);
        Assert.Equal(0x800000000000d033UL, bench[Msr]);
    }

    [Fact]
    public void Units_that_were_not_used_are_not_in_the_frame()
    {
        Bench bench = Interrupted();
        bench[UsedVr] = 0;
        bench[UsedVsr] = 0;
        bench.Deliver(Signal(HandlerFlags.SigInfo));
        ulong frame = bench[Gpr1] + 128;
        Assert.Equal(0UL, bench.Memory.Word(frame + 232 + (8 * Msr), bigEndian: true) & 0x2800000);
        Assert.Equal(0UL, bench.Memory.Word(frame + 896, bigEndian: true));
        Assert.Equal(bench[Vr + 66], bench.Memory.Word(frame + 896 + 528, bigEndian: true));

        RunHandler(bench);
        Assert.True(bench.Return().IsValid);
        Assert.All(bench.Words(Vr, Vr + 66), word => Assert.Equal(0UL, word));
    }

    [Fact]
    public void The_alternate_stack_is_used_if_asked_for()
    {
        Bench bench = Interrupted();
        bench.Deliver(Signal(HandlerFlags.SigInfo | HandlerFlags.OnStack));
        Assert.True(s_stack.Holds(bench[Gpr1]));
        Assert.Equal(s_stack.Sp + s_stack.Size, bench[Gpr1] + 128 + 2176);
    }

    [Theory]
    [InlineData(MappedMemory.DefaultBase + 100)]
    [InlineData(0x10)]
    [InlineData(ulong.MaxValue)]
    [InlineData(StackBase)]
    public void A_stack_that_cannot_be_written_is_a_fault(ulong stackPointer)
    {
        Bench bench = Interrupted();
        bench[Gpr1] = stackPointer;
        ulong[] before = bench.Words(0, bench.Regs.Length);
        Assert.False(bench.Deliver(Signal(HandlerFlags.SigInfo)));
        Assert.Equal(before, bench.Words(0, bench.Regs.Length));
    }

    [Fact]
    public void A_descriptor_that_cannot_be_read_is_a_fault()
    {
        SignalDelivery signal = Signal(HandlerFlags.SigInfo);
        Assert.False(Interrupted().Deliver(signal with { Handler = 0x100 }));
    }

    [Fact]
    public void A_frame_that_cannot_be_read_is_refused()
    {
        Bench bench = Interrupted();
        bench[Gpr1] = 0x1000;
        Assert.Equal(FrameReturn.Unreadable, bench.Return());
    }

    [Fact]
    public void A_frame_whose_vectors_cannot_be_read_is_refused_after_its_mask()
    {
        Bench bench = Interrupted();
        bench.Deliver(Signal(HandlerFlags.SigInfo));
        bench.Memory.PutWord(bench.Cpu, bench[Gpr1] + 128 + 880, 0x10, bigEndian: true);
        RunHandler(bench);
        FrameReturn answer = bench.Return();
        Assert.Equal((false, Mask), (answer.IsValid, answer.Mask!.Value));
    }

    [Fact]
    public void A_frame_without_vectors_clears_them()
    {
        Bench bench = Interrupted();
        bench.Deliver(Signal(HandlerFlags.SigInfo));
        bench.Memory.PutWord(bench.Cpu, bench[Gpr1] + 128 + 880, 0, bigEndian: true);
        RunHandler(bench);
        Assert.True(bench.Return().IsValid);
        Assert.All(bench.Words(Vr, VsrLow + 32), word => Assert.Equal(0UL, word));
    }

    /// <summary>A task with a value of its own in every register that user mode has.</summary>
    private static Bench Interrupted()
    {
        var bench = Bench.Ppc64();
        ulong msr = bench[Msr];
        bench.Scramble(0, PtRegs);
        bench.Scramble(Fpr, Spe);
        bench[Msr] = msr;
        bench[Gpr1] = Bench.StackPointer;
        bench[Nip] = 0x1000_0123;
        bench[Trap] = 0x900;
        bench[Vr + 66] = 0x1234_5678_0000_0000;
        bench[Vr + 67] = 0;
        bench[UsedVr] = 1;
        bench[UsedVsr] = 1;
        bench.Memory.PutWord(bench.Cpu, Descriptor, Entry, bigEndian: true);
        bench.Memory.PutWord(bench.Cpu, Descriptor + 8, Toc, bigEndian: true);
        return bench;
    }

    /// <summary>The handler uses all registers and returns to the trampoline.</summary>
    private static void RunHandler(Bench bench)
    {
        ulong sp = bench[Gpr1];
        bench.Scramble(2, Msr);
        bench.Scramble(OrigGpr3, Softe);
        bench.Scramble(Fpr, Vr + 67);
        bench.Scramble(VsrLow, Spe);
        bench[Gpr1] = sp + 128;
        bench[Gpr] = 172;
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
    }

    private static SignalDelivery Signal(HandlerFlags flags)
        => new(11, s_info, Descriptor, flags, 0, Mask, s_stack);
}
