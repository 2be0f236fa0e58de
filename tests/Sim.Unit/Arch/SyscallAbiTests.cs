using Sim.Arch.X86_64;
using static Sim.Arch.PowerPc.PowerPcRegisters;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Unit.Arch;

/// <summary>Every cell of the tables in sections 8.1 and 8.2 of the specification.</summary>
public sealed class SyscallAbiTests
{
    private const ulong Enosys = unchecked((ulong)-38L);
    private const ulong So = 0x10000000;

    [Fact]
    public void X86_keeps_the_number_as_orig_ax_and_shows_ENOSYS_until_the_call_returns()
    {
        var bench = Bench.X86();
        bench[Ax] = 39;
        Assert.Equal(-1, bench.Syscalls.GetNumber(bench.Cpu, bench.Regs));
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);

        Assert.Equal((39UL, Enosys), (bench[OrigAx], bench[Ax]));
        Assert.Equal(39, bench.Syscalls.GetNumber(bench.Cpu, bench.Regs));
        bench.Syscalls.Leave(bench.Cpu, bench.Regs, 1234);
        Assert.Equal(1234UL, bench[Ax]);
    }

    [Fact]
    public void X86_takes_the_number_as_an_int()
    {
        var bench = Bench.X86();
        bench[OrigAx] = 0xffffffff;
        Assert.Equal(-1, bench.Syscalls.GetNumber(bench.Cpu, bench.Regs));
        bench[OrigAx] = 0x1_0000_0005;
        Assert.Equal(5, bench.Syscalls.GetNumber(bench.Cpu, bench.Regs));
    }

    [Fact]
    public void Powerpc_keeps_the_number_in_gpr0_and_the_first_argument_in_gpr3()
    {
        var bench = Bench.Ppc64();
        bench[Gpr] = 20;
        bench[Gpr3] = 7;
        bench[Ccr] = So | 0x42;
        Assert.Equal(-1, bench.Syscalls.GetNumber(bench.Cpu, bench.Regs));
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);

        Assert.Equal((20UL, 7UL, 7UL), (bench[Gpr], bench[Gpr3], bench[OrigGpr3]));
        Assert.Equal((0xc00UL, 0x42UL), (bench[Trap], bench[Ccr]));
        Assert.Equal(20, bench.Syscalls.GetNumber(bench.Cpu, bench.Regs));
    }

    [Theory]
    [InlineData(0xc00, 20)]
    [InlineData(0xc01, 20)]
    [InlineData(0xd00, -1)]
    [InlineData(0, -1)]
    public void Powerpc_is_in_a_call_if_the_trap_says_so(ulong trap, int expected)
    {
        var bench = Bench.Ppc64();
        bench[Gpr] = 20;
        bench[Trap] = trap;

        Assert.Equal(expected, bench.Syscalls.GetNumber(bench.Cpu, bench.Regs));
    }

    [Fact]
    public void X86_rolls_back_to_orig_ax_even_if_a_tracer_wrote_it()
    {
        var bench = Bench.X86();
        bench[Ax] = 39;
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench.Syscalls.Rollback(bench.Cpu, bench.Regs);
        Assert.Equal(39UL, bench[Ax]);

        bench[OrigAx] = ulong.MaxValue;
        bench.Syscalls.Rollback(bench.Cpu, bench.Regs);
        Assert.Equal(ulong.MaxValue, bench[Ax]);
    }

    [Fact]
    public void Powerpc_rolls_back_gpr3_only()
    {
        var bench = Bench.Ppc64();
        bench[Gpr] = 20;
        bench[Gpr3] = 7;
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench.Syscalls.Abort(bench.Cpu, bench.Regs);
        ulong[] before = bench.Words(0, PtRegs);
        bench.Syscalls.Rollback(bench.Cpu, bench.Regs);

        Assert.Equal(7UL, bench[Gpr3]);
        Assert.Equal(So, bench[Ccr] & So);
        before[Gpr3] = 7;
        Assert.Equal(before, bench.Words(0, PtRegs));
    }

    [Theory]
    [InlineData(-1L, -1L)]
    [InlineData(-4095L, -4095L)]
    [InlineData(-4096L, 0L)]
    [InlineData(0L, 0L)]
    [InlineData(38L, 0L)]
    public void X86_tells_an_error_by_its_range(long ax, long expected)
    {
        var bench = Bench.X86();
        bench[Ax] = (ulong)ax;

        Assert.Equal(expected, bench.Syscalls.GetError(bench.Cpu, bench.Regs));
        Assert.Equal((ulong)ax, bench.Syscalls.GetReturnValue(bench.Cpu, bench.Regs));
    }

    [Fact]
    public void A_32_bit_call_has_its_error_sign_extended()
    {
        var bench = Bench.X86(isCompat: true);
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench[Ax] = 0xfffffffe;
        Assert.Equal(-2, bench.Syscalls.GetError(bench.Cpu, bench.Regs));

        var wide = Bench.X86();
        wide.Syscalls.Enter(wide.Cpu, wide.Regs);
        wide[Ax] = 0xfffffffe;
        Assert.Equal(0, wide.Syscalls.GetError(wide.Cpu, wide.Regs));
    }

    [Fact]
    public void Powerpc_tells_an_error_by_CR0_SO()
    {
        var bench = Bench.Ppc64();
        bench[Gpr3] = 5;
        Assert.Equal(0, bench.Syscalls.GetError(bench.Cpu, bench.Regs));
        Assert.Equal(5UL, bench.Syscalls.GetReturnValue(bench.Cpu, bench.Regs));
        bench[Ccr] |= So;
        Assert.Equal(-5, bench.Syscalls.GetError(bench.Cpu, bench.Regs));
    }

    [Fact]
    public void X86_sets_ax_to_the_error_or_the_value()
    {
        var bench = Bench.X86();
        bench.Syscalls.SetReturnValue(bench.Cpu, bench.Regs, -5, 77);
        Assert.Equal(unchecked((ulong)-5L), bench[Ax]);
        bench.Syscalls.SetReturnValue(bench.Cpu, bench.Regs, 0, 77);
        Assert.Equal(77UL, bench[Ax]);
    }

    [Fact]
    public void Powerpc_sets_gpr3_and_CR0_SO()
    {
        var bench = Bench.Ppc64();
        bench[Ccr] = 0x42;
        bench.Syscalls.SetReturnValue(bench.Cpu, bench.Regs, -5, 77);
        Assert.Equal((5UL, So | 0x42), (bench[Gpr3], bench[Ccr]));
        bench.Syscalls.SetReturnValue(bench.Cpu, bench.Regs, 0, 77);
        Assert.Equal((77UL, 0x42UL), (bench[Gpr3], bench[Ccr]));
    }

    [Theory]
    [InlineData("x86_64", new[] { Di, Si, Dx, R10, R8, R9 })]
    [InlineData("i386", new[] { Bx, Cx, Dx, Si, Di, Bp })]
    [InlineData("ppc64", new[] { 3, 4, 5, 6, 7, 8 })]
    [InlineData("ppc compat", new[] { 3, 4, 5, 6, 7, 8 })]
    public void Arguments_are_in_their_registers(string architecture, int[] words)
    {
        var bench = Bench.Of(architecture);
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        for (int i = 0; i < 6; i++)
        {
            bench[words[i]] = 0xfedc_0000_0000_0000 + (ulong)i;
        }

        bool is32Bit = architecture is "i386" or "ppc compat";
        for (int i = 0; i < 6; i++)
        {
            ulong expected = is32Bit ? (ulong)i : 0xfedc_0000_0000_0000 + (ulong)i;
            Assert.Equal(expected, bench.Syscalls.GetArgument(bench.Cpu, bench.Regs, i));
            bench.Syscalls.SetArgument(bench.Cpu, bench.Regs, i, 100 + (ulong)i);
            Assert.Equal(100 + (ulong)i, bench[words[i]]);
        }
    }

    [Fact]
    public void Setting_the_first_argument_leaves_orig_gpr3()
    {
        var bench = Bench.Ppc64();
        bench[Gpr3] = 7;
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench.Syscalls.SetArgument(bench.Cpu, bench.Regs, 0, 8);

        Assert.Equal((8UL, 7UL), (bench[Gpr3], bench[OrigGpr3]));
    }

    [Fact]
    public void X86_abort_leaves_every_register_as_the_tracer_left_it()
    {
        var bench = Bench.X86();
        bench[Ax] = 39;
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench[Di] = 1;
        ulong[] before = bench.Words(0, X86Registers.Count);
        bench.Syscalls.Abort(bench.Cpu, bench.Regs);
        Assert.Equal(before, bench.Words(0, X86Registers.Count));
        Assert.Equal(Enosys, bench[Ax]);

        bench[Ax] = 1234;
        bench.Syscalls.Abort(bench.Cpu, bench.Regs);
        Assert.Equal(1234UL, bench[Ax]);
    }

    [Fact]
    public void Powerpc_abort_loses_what_the_tracer_wrote_to_gpr3()
    {
        var bench = Bench.Ppc64();
        bench[Gpr] = 20;
        bench[Gpr3] = 7;
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench[Gpr3] = 99;
        bench.Syscalls.Abort(bench.Cpu, bench.Regs);

        Assert.Equal((20UL, 38UL, 7UL), (bench[Gpr], bench[Gpr3], bench[OrigGpr3]));
        Assert.Equal((So, Enosys), (bench[Ccr] & So, bench[Result]));
        Assert.Equal(20, bench.Syscalls.GetNumber(bench.Cpu, bench.Regs));
        Assert.Equal(-38, bench.Syscalls.GetError(bench.Cpu, bench.Regs));
    }

    [Theory]
    [InlineData(0L, 0UL, false)]
    [InlineData(42L, 42UL, false)]
    [InlineData(-1L, 1UL, true)]
    [InlineData(-4095L, 4095UL, true)]
    [InlineData(-4096L, 0xfffffffffffff000UL, false)]
    public void Powerpc_turns_a_returned_error_into_a_positive_number_and_CR0_SO(long result, ulong gpr3, bool failed)
    {
        var bench = Bench.Ppc64();
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench.Syscalls.Leave(bench.Cpu, bench.Regs, result);

        Assert.Equal((gpr3, failed, (ulong)result), (bench[Gpr3], (bench[Ccr] & So) != 0, bench[Result]));
    }

    [Fact]
    public void Powerpc_can_be_told_that_a_value_is_no_error()
    {
        var bench = Bench.Ppc64();
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench.Syscalls.ForceSuccess(bench.Cpu, bench.Regs);
        bench.Syscalls.Leave(bench.Cpu, bench.Regs, -5);
        Assert.Equal((unchecked((ulong)-5L), 0UL), (bench[Gpr3], bench[Ccr] & So));

        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench.Syscalls.Leave(bench.Cpu, bench.Regs, -5);
        Assert.Equal((5UL, So), (bench[Gpr3], bench[Ccr] & So));
    }

    [Theory]
    [InlineData("x86_64")]
    [InlineData("ppc64")]
    public void An_invalid_number_can_be_set_everywhere(string architecture)
    {
        var bench = Bench.Of(architecture);
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench.Syscalls.SetNumber(bench.Cpu, bench.Regs, -1);

        Assert.Equal(-1, bench.Syscalls.GetNumber(bench.Cpu, bench.Regs));
    }
}
