using Sim.Arch;
using Sim.Arch.X86_64;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Unit.Arch;

/// <summary>Signal frames of 64-bit x86 programs.</summary>
public sealed class X86SignalFrameTests
{
    private const ulong Handler = 0x40_1000;
    private const ulong Restorer = 0x40_2000;
    private const ulong Mask = 0x8000_0000_0000_4002;
    private const HandlerFlags Usual = HandlerFlags.SigInfo | HandlerFlags.Restorer;
    private static readonly UserSiginfo s_info = new(10, UserSiginfo.SI_USER) { Pid = 1001, Uid = 501 };
    private static readonly AltStack s_stack = new(MappedMemory.DefaultBase + 0x1000, 0x2000);

    [Fact]
    public void A_handler_finds_its_arguments_and_an_aligned_stack()
    {
        Bench bench = Interrupted();
        Assert.True(bench.Deliver(Signal(Usual)));
        ulong frame = bench[Sp];

        Assert.Equal(8UL, frame & 15);
        Assert.True(frame + 440 <= Bench.StackPointer - 128);
        Assert.Equal((10UL, frame + 312, frame + 8, 0UL), (bench[Di], bench[Si], bench[Dx], bench[Ax]));
        Assert.Equal((Handler, 0x33UL), (bench[Ip], bench[Cs]));
        Assert.Equal(0UL, bench[Flags] & 0x500);
    }

    [Fact]
    public void The_frame_is_laid_out_as_struct_rt_sigframe()
    {
        Bench bench = Interrupted();
        bench[TrapNo] = 14;
        bench[ErrorCode] = 6;
        bench[Cr2] = 0xdead;
        ulong[] before = bench.Words(0, UserRegisters);
        bench.Deliver(Signal(Usual));
        ulong frame = bench[Sp];

        ulong At(int offset) => bench.Memory.Word(frame + (ulong)offset, bigEndian: false);
        Assert.Equal((Restorer, 0UL, 0UL), (At(0), At(8), At(16)));
        Assert.Equal((s_stack.Sp, 0UL, s_stack.Size), (At(24), At(32), At(40)));
        int[] order = [R8, R9, R10, R11, R12, R13, R14, R15, Di, Si, Bp, Bx, Dx, Ax, Cx, Sp, Ip, Flags];
        Assert.Equal(order.Select(word => before[word]), Enumerable.Range(0, 18).Select(i => At(48 + (8 * i))));
        Assert.Equal((0x33UL, 6UL, 14UL, Mask, 0xdeadUL, 0UL), (At(192), At(200), At(208), At(216), At(224), At(232)));
        Assert.Equal(Mask, At(304));
        Assert.Equal(s_info, SiginfoImage.X86_64.Read(bench.Memory.Bytes(frame + 312, 128).Span));
    }

    [Fact]
    public void Sigreturn_puts_back_every_register_and_the_mask()
    {
        Bench bench = Interrupted();
        ulong[] before = bench.Words(0, bench.Regs.Length);
        bench.Deliver(Signal(Usual));
        RunHandler(bench);
        FrameReturn answer = bench.Return();

        Assert.Equal((true, Mask, s_stack, 0), (answer.IsValid, answer.Mask!.Value, answer.Stack, answer.StackFlags));
        before[OrigAx] = ulong.MaxValue;
        Assert.Equal(before, bench.Words(0, bench.Regs.Length));
        Assert.Equal(-1, bench.Syscalls.GetNumber(bench.Cpu, bench.Regs));
    }

    [Fact]
    public void Floating_point_state_goes_above_the_frame_and_comes_back()
    {
        Bench bench = Interrupted();
        bench[UsedMath] = 1;
        bench.Scramble(FxSave, FxSave + FxSaveWords);
        bench[FxSave + 3] = 0x1f80;
        ulong[] before = bench.Words(FxSave, X86Registers.Count);
        bench.Deliver(Signal(Usual));

        ulong fpState = bench.Memory.Word(bench[Sp] + 232, bigEndian: false);
        Assert.Equal(0UL, fpState & 63);
        Assert.True(fpState >= bench[Sp] + 440 && fpState + 512 <= Bench.StackPointer - 128);
        Assert.Equal(before[5], bench.Memory.Word(fpState + 40, bigEndian: false));
        Assert.Equal((0UL, 0UL), (bench[UsedMath], bench[FxSave + 5]));

        RunHandler(bench);
        bench[UsedMath] = 1;
        Assert.True(bench.Return().IsValid);
        Assert.Equal((1UL, true), (bench[UsedMath], before.SequenceEqual(bench.Words(FxSave, X86Registers.Count))));
    }

    [Fact]
    public void A_frame_without_floating_point_state_makes_the_next_use_start_anew()
    {
        Bench bench = Interrupted();
        bench.Deliver(Signal(Usual));
        RunHandler(bench);
        bench[UsedMath] = 1;
        Assert.True(bench.Return().IsValid);
        Assert.Equal(0UL, bench[UsedMath]);
    }

    [Fact]
    public void Sigreturn_takes_user_flags_only_and_forces_user_privilege()
    {
        Bench bench = Interrupted();
        bench.Deliver(Signal(Usual));
        ulong frame = bench[Sp];
        bench.Memory.PutWord(bench.Cpu, frame + 184, ulong.MaxValue, bigEndian: false);
        bench.Memory.PutWord(bench.Cpu, frame + 192, 0x0000_0000_0000_0010, bigEndian: false);
        RunHandler(bench);
        ulong flags = bench[Flags];
        Assert.True(bench.Return().IsValid);

        Assert.Equal(flags | 0x40dd5, bench[Flags]);
        Assert.Equal((0x13UL, 0x2bUL), (bench[Cs], bench[Ss]));
        Assert.True(bench.Architecture.IsUserMode(bench.Cpu, bench.Regs));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void The_alternate_stack_is_used_if_asked_for_and_its_state_is_in_the_frame(bool already, int flags)
    {
        Bench bench = Interrupted();
        ulong top = s_stack.Sp + s_stack.Size;
        bench[Sp] = already ? top - 0x100 : Bench.StackPointer;
        bench.Deliver(Signal(Usual | HandlerFlags.OnStack));

        ulong limit = already ? top - 0x100 - 128 : top;
        Assert.True(s_stack.Holds(bench[Sp]));
        Assert.InRange(bench[Sp] + 440, limit - 24, limit);
        Assert.Equal((ulong)flags, bench.Memory.Word(bench[Sp] + 32, bigEndian: false));
    }

    [Fact]
    public void An_overflow_of_the_alternate_stack_is_a_fault()
    {
        Bench bench = Interrupted();
        bench[Sp] = s_stack.Sp + 0x100;
        ulong[] before = bench.Words(0, bench.Regs.Length);
        Assert.False(bench.Deliver(Signal(Usual | HandlerFlags.OnStack)));
        Assert.Equal(before, bench.Words(0, bench.Regs.Length));
    }

    [Theory]
    [InlineData(MappedMemory.DefaultBase + 100)]
    [InlineData(0x10)]
    [InlineData(X86Architecture.TaskSizeMax + 0x4000)]
    [InlineData(ulong.MaxValue)]
    public void A_stack_that_cannot_be_written_is_a_fault(ulong stackPointer)
    {
        Bench bench = Interrupted();
        bench[Sp] = stackPointer;
        ulong[] before = bench.Words(0, bench.Regs.Length);
        Assert.False(bench.Deliver(Signal(Usual)));
        Assert.Equal(before, bench.Words(0, bench.Regs.Length));
    }

    [Fact]
    public void A_64_bit_action_without_restorer_is_refused()
        => Assert.False(Interrupted().Deliver(Signal(HandlerFlags.SigInfo)));

    [Fact]
    public void Without_SA_SIGINFO_the_siginfo_is_not_written()
    {
        Bench bench = Interrupted();
        Assert.True(bench.Deliver(Signal(HandlerFlags.Restorer)));
        Assert.Equal(bench[Sp] + 312, bench[Si]);
        Assert.All(bench.Memory.Bytes(bench[Si], 128).Span.ToArray(), b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_forced_trap_flag_is_neither_in_the_frame_nor_in_the_handler()
    {
        Bench bench = Interrupted();
        bench.SingleStep();
        bench.Deliver(Signal(Usual));

        Assert.Equal(0UL, bench.Memory.Word(bench[Sp] + 184, bigEndian: false) & 0x100);
        Assert.Equal(0UL, bench[Flags] & 0x100);
        Assert.True(bench.Architecture.Stepping.IsStepping(bench.Cpu, bench.Regs));
    }

    [Fact]
    public void A_frame_that_cannot_be_read_is_refused()
    {
        Bench bench = Interrupted();
        bench.Deliver(Signal(Usual));
        bench[Sp] = 0x1008;
        ulong[] before = bench.Words(0, bench.Regs.Length);

        Assert.Equal(FrameReturn.Unreadable, bench.Return());
        Assert.Equal(before, bench.Words(0, bench.Regs.Length));
    }

    [Theory]
    [InlineData(0xffff_8000_0000_0000)]
    [InlineData(0x10)]
    public void A_frame_whose_floating_point_state_cannot_be_read_is_refused_after_its_mask(ulong fpState)
    {
        Bench bench = Interrupted();
        bench.Deliver(Signal(Usual));
        bench.Memory.PutWord(bench.Cpu, bench[Sp] + 232, fpState, bigEndian: false);
        RunHandler(bench);
        FrameReturn answer = bench.Return();

        Assert.Equal((false, Mask), (answer.IsValid, answer.Mask!.Value));
    }

    [Fact]
    public void A_frame_with_reserved_bits_in_mxcsr_is_refused()
    {
        Bench bench = Interrupted();
        bench[UsedMath] = 1;
        bench.Deliver(Signal(Usual));
        ulong fpState = bench.Memory.Word(bench[Sp] + 232, bigEndian: false);
        bench.Memory.Put(bench.Cpu, fpState + 26, 1);
        RunHandler(bench);

        Assert.False(bench.Return().IsValid);
    }

    [Fact]
    public void A_second_handler_gets_a_frame_below_the_first_and_both_return()
    {
        Bench bench = Interrupted();
        ulong[] before = bench.Words(0, UserRegisters);
        bench.Deliver(Signal(Usual));
        ulong outer = bench[Sp];
        bench[Bx] = 42;
        ulong[] between = bench.Words(0, UserRegisters);
        bench.Deliver(Signal(Usual) with { Number = 12, Mask = 7 });
        Assert.True(bench[Sp] + 440 <= outer - 128);

        RunHandler(bench);
        Assert.Equal(7UL, bench.Return().Mask);
        between[OrigAx] = ulong.MaxValue;
        Assert.Equal(between, bench.Words(0, UserRegisters));
        RunHandler(bench);
        Assert.Equal(Mask, bench.Return().Mask);
        before[OrigAx] = ulong.MaxValue;
        Assert.Equal(before, bench.Words(0, UserRegisters));
    }

    /// <summary>A task with a value of its own in every register that user mode has.</summary>
    private static Bench Interrupted()
    {
        var bench = Bench.X86();
        bench.Scramble(0, Ip);
        bench[Ip] = 0x40_0123;
        bench[OrigAx] = 39;
        bench[Flags] = 0x200 | 0x445;
        return bench;
    }

    /// <summary>The handler uses all registers and returns to the restorer, which calls rt_sigreturn.</summary>
    private static void RunHandler(Bench bench)
    {
        ulong sp = bench[Sp];
        ulong[] saved = [bench[Flags], bench[Cs], bench[Ss]];
        bench.Scramble(0, Ip + 1);
        (bench[Flags], bench[Cs], bench[Ss]) = (saved[0], saved[1], saved[2]);
        bench[Sp] = sp + 8;
        bench[Ax] = 15;
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
    }

    private static SignalDelivery Signal(HandlerFlags flags)
        => new(10, s_info, Handler, flags, Restorer, Mask, s_stack);
}
