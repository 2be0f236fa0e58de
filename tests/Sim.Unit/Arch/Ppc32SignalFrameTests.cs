using Sim.Arch;
using Sim.Arch.PowerPc;
using static Sim.Arch.PowerPc.PowerPcRegisters;

namespace Sim.Unit.Arch;

/// <summary>Signal frames of 32-bit powerpc programs, on a 32-bit and on a 64-bit kernel.</summary>
public sealed class Ppc32SignalFrameTests
{
    private const ulong Handler = 0x1000_2000;
    private const ulong Mask = 0x8000_0000_0000_4002;
    private static readonly UserSiginfo s_info = new(11, 1) { Addr = 0xdead };
    private static readonly AltStack s_stack = new(MappedMemory.DefaultBase + 0x1000, 0x2000);

    public static TheoryData<string, HandlerFlags> Cases => new()
    {
        { "ppc32", HandlerFlags.SigInfo },
        { "ppc32", HandlerFlags.None },
        { "ppc compat", HandlerFlags.SigInfo },
        { "ppc compat", HandlerFlags.None },
    };

    [Theory]
    [InlineData("ppc32", 1536)]
    [InlineData("ppc compat", 1792)]
    public void A_handler_with_siginfo_finds_a_struct_rt_sigframe(string architecture, ulong size)
    {
        Bench bench = Interrupted(architecture);
        ulong[] before = bench.Words(0, PowerPcRegisters.Count);
        Assert.True(bench.Deliver(Signal(HandlerFlags.SigInfo)));
        ulong frame = bench[Gpr1] + 80;

        Assert.Equal(Bench.StackPointer - size, frame);
        Assert.Equal((Handler, 11UL, frame, frame + 128, frame), (bench[Nip], bench[Gpr3], bench[4], bench[5], bench[6]));
        Assert.Equal((frame + 320 + 456, 0UL), (bench[Link], bench[Fpscr]));
        uint At(int offset) => bench.Memory.Half(frame + (ulong)offset, bigEndian: true);
        Assert.Equal(s_info, SiginfoImage.Ppc32.Read(bench.Memory.Bytes(frame, 128).Span));
        Assert.Equal(((uint)s_stack.Sp, 0u, (uint)s_stack.Size), (At(136), At(140), At(144)));
        Assert.Equal(((uint)(frame + 320), 0x4002u, 0x8000_0000u), (At(176), At(180), At(184)));
        Assert.Equal(
            before[..PtRegs].Select((value, i) => (uint)(i == Msr ? value | UnitsOf(architecture) : value)),
            Enumerable.Range(0, PtRegs).Select(i => At(320 + (4 * i))));
        Assert.Equal((uint)before[Fpr], At(320 + 192 + 4));
        Assert.Equal((0x380000acu, 0x44000002u), (At(776), At(780)));
        Assert.Equal((uint)(before[Vr] >> 32), At(784));
        Assert.Equal(0x12345678u, At(784 + 512));
        Assert.Equal((uint)Bench.StackPointer, bench.Memory.Half(bench[Gpr1], bigEndian: true));
    }

    [Theory]
    [InlineData("ppc32", 1248)]
    [InlineData("ppc compat", 1504)]
    public void A_handler_without_siginfo_finds_a_struct_sigframe(string architecture, ulong size)
    {
        Bench bench = Interrupted(architecture);
        ulong[] before = bench.Words(0, PtRegs);
        Assert.True(bench.Deliver(Signal(HandlerFlags.None)));
        ulong frame = bench[Gpr1] + 64;

        Assert.Equal(Bench.StackPointer - size, frame);
        Assert.Equal((11UL, frame, before[5]), (bench[Gpr3], bench[4], bench[5]));
        uint At(int offset) => bench.Memory.Half(frame + (ulong)offset, bigEndian: true);
        Assert.Equal((0x8000_0000u, 11u, (uint)Handler, 0x4002u, (uint)(frame + 32)), (At(12), At(16), At(20), At(24), At(28)));
        Assert.Equal((uint)before[Nip], At(32 + (4 * Nip)));
        Assert.Equal((0x38000077u, 0x44000002u), (At(488), At(492)));
        Assert.Equal(frame + 488, bench[Link]);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Return_puts_back_every_register_and_the_mask(string architecture, HandlerFlags flags)
    {
        Bench bench = Interrupted(architecture);
        ulong[] before = bench.Words(0, bench.Regs.Length);
        bench.Deliver(Signal(flags));
        RunHandler(bench);
        FrameReturn answer = Return(bench, flags);

        Assert.Equal((true, Mask), (answer.IsValid, answer.Mask!.Value));
        Assert.Equal(flags == HandlerFlags.SigInfo ? s_stack : default, answer.Stack);

        // vrsave takes the place of the first word of the quadword that ends with vscr.
        before[Vr + 64] = (before[Vr + 64] & 0xffffffff) | 0x12345678_00000000;
        Assert.Equal(before, bench.Words(0, bench.Regs.Length));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_frame_whose_registers_cannot_be_read_is_refused_after_its_mask(string architecture, HandlerFlags flags)
    {
        Bench bench = Interrupted(architecture);
        bench.Deliver(Signal(flags));
        ulong pointer = flags == HandlerFlags.SigInfo ? bench[Gpr1] + 80 + 176 : bench[Gpr1] + 64 + 28;
        bench.Memory.Put(bench.Cpu, pointer, 0, 0, 0, 0x10);
        RunHandler(bench);
        FrameReturn answer = Return(bench, flags);
        Assert.Equal((false, Mask), (answer.IsValid, answer.Mask!.Value));

        bench[Gpr1] = 0x100;
        Assert.Equal(FrameReturn.Unreadable, Return(bench, flags));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_stack_that_cannot_be_written_is_a_fault(string architecture, HandlerFlags flags)
    {
        Bench bench = Interrupted(architecture);
        bench[Gpr1] = 0x100;
        ulong[] before = bench.Words(0, bench.Regs.Length);
        Assert.False(bench.Deliver(Signal(flags)));
        Assert.Equal(before, bench.Words(0, bench.Regs.Length));
    }

    [Fact]
    public void The_alternate_stack_is_used_if_asked_for()
    {
        Bench bench = Interrupted("ppc32");
        bench.Deliver(Signal(HandlerFlags.SigInfo | HandlerFlags.OnStack));
        Assert.Equal(s_stack.Sp + s_stack.Size, bench[Gpr1] + 80 + 1536);
    }

    private static FrameReturn Return(Bench bench, HandlerFlags flags)
        => flags == HandlerFlags.SigInfo
            ? bench.Return()
            : bench.Architecture.Signals.ReturnFromOldHandler(bench.Cpu, bench.Regs, bench.Memory).GetAwaiter().GetResult();

    private static uint UnitsOf(string architecture) => architecture is "ppc32" ? 0x2000000u : 0x2800000u;

    /// <summary>A task with a 32-bit value of its own in every register that user mode has.</summary>
    private static Bench Interrupted(string architecture)
    {
        var bench = Bench.Of(architecture);
        ulong msr = bench[Msr];
        bench.Scramble(0, PtRegs);
        for (int i = 0; i < PtRegs; i++)
        {
            bench[i] = (uint)bench[i];
        }

        bench.Scramble(Fpr, VsrLow);
        if (architecture is "ppc compat")
        {
            bench.Scramble(VsrLow, Spe);
            bench[UsedVsr] = 1;
        }

        bench[Msr] = msr;
        bench[Gpr1] = Bench.StackPointer;
        bench[Trap] = 0x900;
        bench[Vr + 66] = 0x1234_5678_0000_0000;
        bench[Vr + 67] = 0;
        bench[UsedVr] = 1;
        return bench;
    }

    /// <summary>The handler uses all registers and returns to the trampoline.</summary>
    private static void RunHandler(Bench bench)
    {
        bench.Scramble(2, Msr);
        bench.Scramble(OrigGpr3, Softe);
        bench.Scramble(Fpr, Vr + 67);
        if (bench[UsedVsr] != 0)
        {
            bench.Scramble(VsrLow, Spe);
        }

        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
    }

    private static SignalDelivery Signal(HandlerFlags flags)
        => new(11, s_info, Handler, flags, 0, Mask, s_stack);
}
