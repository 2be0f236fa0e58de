using Sim.Arch;
using static Sim.Arch.PowerPc.PowerPcRegisters;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Unit.Arch;

/// <summary>What becomes of an interrupted system call.</summary>
public sealed class RestartTests
{
    private const int ERESTARTSYS = 512;
    private const int ERESTARTNOINTR = 513;
    private const int ERESTARTNOHAND = 514;
    private const int ERESTART_RESTARTBLOCK = 516;
    private const ulong Pc = 0x10_0010;
    private const ulong So = 0x10000000;

    /// <summary>error, what happens: no handler, handler without SA_RESTART, handler with it.</summary>
    public static TheoryData<int, SyscallRestart, SyscallRestart, SyscallRestart> Rules => new()
    {
        { ERESTARTSYS, SyscallRestart.Again, SyscallRestart.Interrupted, SyscallRestart.Again },
        { ERESTARTNOINTR, SyscallRestart.Again, SyscallRestart.Again, SyscallRestart.Again },
        { ERESTARTNOHAND, SyscallRestart.Again, SyscallRestart.Interrupted, SyscallRestart.Interrupted },
        { ERESTART_RESTARTBLOCK, SyscallRestart.RestartBlock, SyscallRestart.Interrupted, SyscallRestart.Interrupted },
        { 4, SyscallRestart.None, SyscallRestart.None, SyscallRestart.None },
        { 515, SyscallRestart.None, SyscallRestart.None, SyscallRestart.None },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void X86_restarts(int error, SyscallRestart none, SyscallRestart handler, SyscallRestart saRestart)
    {
        CheckX86(InX86Call(error), null, none);
        CheckX86(InX86Call(error), false, handler);
        CheckX86(InX86Call(error), true, saRestart);

        void CheckX86(Bench bench, bool? withHandler, SyscallRestart expected)
        {
            Assert.Equal(expected, Decide(bench, withHandler));
            (ulong ax, ulong ip) = expected switch
            {
                SyscallRestart.Again => (7UL, Pc - 2),
                SyscallRestart.RestartBlock => (219UL, Pc - 2),
                SyscallRestart.Interrupted => (unchecked((ulong)-4L), Pc),
                SyscallRestart.None or _ => ((ulong)-(long)error, Pc),
            };
            Assert.Equal((ax, ip, 7UL), (bench[Ax], bench[Ip], bench[OrigAx]));
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Powerpc_restarts(int error, SyscallRestart none, SyscallRestart handler, SyscallRestart saRestart)
    {
        CheckPowerPc(InPowerPcCall(error), null, none);
        CheckPowerPc(InPowerPcCall(error), false, handler);
        CheckPowerPc(InPowerPcCall(error), true, saRestart);

        void CheckPowerPc(Bench bench, bool? withHandler, SyscallRestart expected)
        {
            Assert.Equal(expected, Decide(bench, withHandler));
            (ulong gpr0, ulong gpr3, ulong nip, long result) = expected switch
            {
                SyscallRestart.Again => (3UL, 77UL, Pc - 4, 0L),
                SyscallRestart.RestartBlock => (0UL, (ulong)error, Pc - 4, 0L),
                SyscallRestart.Interrupted => (3UL, 4UL, Pc, -4L),
                SyscallRestart.None or _ => (3UL, (ulong)error, Pc, -error),
            };
            Assert.Equal((gpr0, gpr3, nip, result), (bench[Gpr], bench[Gpr3], bench[Nip], (long)bench[Result]));
            Assert.Equal(So, bench[Ccr] & So);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(true)]
    public void Outside_a_call_nothing_restarts(bool? withHandler)
    {
        Bench x86 = InX86Call(ERESTARTNOINTR);
        x86[OrigAx] = ulong.MaxValue;
        Assert.Equal(SyscallRestart.None, Decide(x86, withHandler));
        Assert.Equal(Pc, x86[Ip]);

        Bench powerPc = InPowerPcCall(ERESTARTNOINTR);
        powerPc[Trap] = 0;
        Assert.Equal(SyscallRestart.None, Decide(powerPc, withHandler));
        Assert.Equal(Pc, powerPc[Nip]);
    }

    [Fact]
    public void Powerpc_does_not_take_a_value_for_an_error_without_CR0_SO()
    {
        Bench bench = InPowerPcCall(ERESTARTNOINTR);
        bench[Ccr] &= ~So;

        Assert.Equal(SyscallRestart.None, Decide(bench, null));
        Assert.Equal((512UL + 1, Pc), (bench[Gpr3], bench[Nip]));
    }

    [Fact]
    public void A_32_bit_call_restarts_with_its_own_number()
    {
        var bench = Bench.X86(isCompat: true);
        bench[Ax] = 162;
        bench[Ip] = Pc;
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench[Ax] = unchecked((uint)-ERESTART_RESTARTBLOCK);

        Assert.Equal(SyscallRestart.RestartBlock, Decide(bench, null));
        Assert.Equal((0UL, Pc - 2), (bench[Ax], bench[Ip]));
    }

    [Fact]
    public void A_restarted_powerpc_call_has_its_first_argument_again_whatever_a_tracer_wrote()
    {
        var bench = Bench.Ppc64();
        bench[Gpr3] = 77;
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench.Syscalls.SetArgument(bench.Cpu, bench.Regs, 0, 78);
        bench.Syscalls.Leave(bench.Cpu, bench.Regs, -ERESTARTSYS);
        Decide(bench, null);

        Assert.Equal(77UL, bench[Gpr3]);
    }

    private static SyscallRestart Decide(Bench bench, bool? withHandler)
        => withHandler is { } saRestart
            ? bench.Syscalls.RestartAfterHandler(bench.Cpu, bench.Regs, saRestart)
            : bench.Syscalls.RestartWithoutHandler(bench.Cpu, bench.Regs);

    private static Bench InX86Call(int error)
    {
        var bench = Bench.X86();
        bench[Ax] = 7;
        bench[Ip] = Pc;
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench.Syscalls.Leave(bench.Cpu, bench.Regs, -error);
        return bench;
    }

    private static Bench InPowerPcCall(int error)
    {
        var bench = Bench.Ppc64();
        bench[Gpr] = 3;
        bench[Gpr3] = 77;
        bench[Nip] = Pc;
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench.Syscalls.Leave(bench.Cpu, bench.Regs, -error);
        return bench;
    }
}
