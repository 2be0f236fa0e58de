using Sim.Arch.PowerPc;
using Sim.Arch.X86_64;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Unit.Arch;

/// <summary>Section 8.4 of the specification.</summary>
public sealed class SteppingTests
{
    private const ulong Tf = 0x100;
    private const ulong Se = 0x400;
    private const ulong Be = 0x200;

    [Theory]
    [InlineData(new byte[] { 0x90 }, true)]
    [InlineData(new byte[] { 0x9d }, false)]
    [InlineData(new byte[] { 0xcf }, false)]
    [InlineData(new byte[] { 0x66, 0x9d }, false)]
    [InlineData(new byte[] { 0xf3, 0x2e, 0x48, 0xcf }, false)]
    [InlineData(new byte[] { 0x9c }, true)]
    [InlineData(new byte[] { 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x9d }, true)]
    public void The_trap_flag_is_claimed_unless_the_next_instruction_sets_it(byte[] code, bool claimed)
    {
        var bench = Bench.X86();
        bench[Ip] = MappedMemory.DefaultBase;
        bench.Memory.Put(bench.Cpu, MappedMemory.DefaultBase, code);
        bench.SingleStep();

        Assert.True(bench.Architecture.Stepping.IsStepping(bench.Cpu, bench.Regs));
        Assert.Equal((Tf, claimed), (bench[Flags] & Tf, IsForced(bench)));
        bench.Architecture.Stepping.Disable(bench.Cpu, bench.Regs);
        Assert.Equal((claimed ? 0 : Tf, false), (bench[Flags] & Tf, IsForced(bench)));
        Assert.False(bench.Architecture.Stepping.IsStepping(bench.Cpu, bench.Regs));
    }

    [Fact]
    public void A_REX_prefix_is_an_instruction_of_its_own_in_32_bit_code()
    {
        var bench = Bench.X86(isCompat: true);
        bench[Ip] = MappedMemory.DefaultBase;
        bench.Memory.Put(bench.Cpu, MappedMemory.DefaultBase, 0x48, 0x9d);
        bench.SingleStep();
        Assert.True(IsForced(bench));
    }

    [Fact]
    public void Stepping_on_to_an_instruction_that_sets_the_trap_flag_gives_it_to_the_user()
    {
        var bench = Bench.X86();
        bench[Ip] = MappedMemory.DefaultBase;
        bench.Memory.Put(bench.Cpu, MappedMemory.DefaultBase, 0x90, 0x9d);
        bench.BlockStep();
        Assert.True(IsForced(bench));
        bench[Ip]++;
        bench.BlockStep();
        Assert.Equal((false, 0UL), (IsForced(bench), bench[DebugCtl]));
        bench.Architecture.Stepping.Disable(bench.Cpu, bench.Regs);
        Assert.Equal(Tf, bench[Flags] & Tf);
    }

    [Fact]
    public void A_trap_flag_that_the_user_set_stays_the_users()
    {
        var bench = Bench.X86();
        bench[Flags] |= Tf;
        bench.BlockStep();
        Assert.Equal((false, 0UL), (IsForced(bench), bench[DebugCtl]));
        bench.Architecture.Stepping.Disable(bench.Cpu, bench.Regs);
        Assert.Equal(Tf, bench[Flags] & Tf);
    }

    [Fact]
    public void Block_step_adds_BTF_and_single_step_takes_it_away()
    {
        var bench = Bench.X86();
        bench.BlockStep();
        Assert.Equal((X86Stepping.Btf, Tf), (bench[DebugCtl], bench[Flags] & Tf));
        Assert.NotEqual(0UL, bench[ThreadFlags] & (ulong)X86ThreadFlags.DebugCtlMsr);
        bench.SingleStep();
        Assert.Equal((0UL, Tf), (bench[DebugCtl], bench[Flags] & Tf));
        Assert.True(IsForced(bench));
        bench.BlockStep();
        Assert.Equal(X86Stepping.Btf, bench[DebugCtl]);
        bench.Architecture.Stepping.Disable(bench.Cpu, bench.Regs);
        Assert.Equal((0UL, 0UL, 0UL), (bench[DebugCtl], bench[Flags] & Tf, bench[ThreadFlags]));
    }

    [Fact]
    public void On_x86_a_trap_leaves_stepping_armed()
    {
        var bench = Bench.X86();
        bench.SingleStep();
        bench.Architecture.Stepping.TrapInUserMode(bench.Cpu, bench.Regs);
        Assert.Equal(Tf, bench[Flags] & Tf);
    }

    [Fact]
    public void A_step_into_a_system_call_is_remembered_and_the_users_trap_flag_restored()
    {
        var bench = Bench.X86();
        bench[Flags] |= Tf;
        bench.Architecture.Stepping.TrapAtSyscallEntry(bench.Cpu, bench.Regs);
        Assert.Equal(0UL, bench[Flags] & Tf);
        Assert.True(bench.Architecture.Stepping.IsStepping(bench.Cpu, bench.Regs));
        bench.Architecture.Stepping.RearmAtSyscallTrace(bench.Cpu, bench.Regs);
        Assert.Equal(Tf, bench[Flags] & Tf);

        // Stepping on from there must not take the user's flag for ours.
        bench.Architecture.Stepping.TrapAtSyscallEntry(bench.Cpu, bench.Regs);
        bench.SingleStep();
        Assert.False(IsForced(bench));
    }

    [Theory]
    [InlineData("ppc64")]
    [InlineData("ppc32")]
    public void Powerpc_steps_by_SE_or_BE_and_is_disarmed_by_the_trap(string architecture)
    {
        var bench = Bench.Of(architecture);
        bench.SingleStep();
        Assert.Equal(Se, bench[PowerPcRegisters.Msr] & (Se | Be));
        bench.BlockStep();
        Assert.Equal(Be, bench[PowerPcRegisters.Msr] & (Se | Be));
        bench.Architecture.Stepping.TrapInUserMode(bench.Cpu, bench.Regs);
        Assert.Equal(0UL, bench[PowerPcRegisters.Msr] & (Se | Be));
        Assert.True(bench.Architecture.Stepping.IsStepping(bench.Cpu, bench.Regs));

        bench.SingleStep();
        bench.Architecture.Stepping.Disable(bench.Cpu, bench.Regs);
        Assert.Equal(0UL, bench[PowerPcRegisters.Msr] & (Se | Be));
        Assert.False(bench.Architecture.Stepping.IsStepping(bench.Cpu, bench.Regs));
        Assert.Equal(bench.Architecture.Name is "ppc64" ? 0x800000000000d032UL : 0xd032UL, bench[PowerPcRegisters.Msr]);
    }

    [Fact]
    public void Both_can_step_instructions_and_blocks()
        => Assert.All(
            new[] { Bench.X86(), Bench.Ppc64() },
            bench => Assert.True(bench.Architecture.Stepping is { HasSingleStep: true, HasBlockStep: true }));

    private static bool IsForced(Bench bench) => (bench[X86Registers.ThreadFlags] & (ulong)X86ThreadFlags.ForcedTf) != 0;
}
