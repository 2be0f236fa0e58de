using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.X86_64;
using static Sim.Arch.PowerPc.PowerPcRegisters;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Unit.Arch;

/// <summary>The registers of a new program and of a child.</summary>
public sealed class ThreadTests
{
    [Fact]
    public void A_64_bit_x86_program_starts_with_its_selectors_and_interrupts_on()
    {
        var bench = Bench.X86();
        bench.Scramble(0, X86Registers.Count);
        bench.Architecture.StartThread(bench.Cpu, bench.Regs, new ThreadStart(0x400000, 0x7ff0, 5));

        Assert.Equal((0x400000UL, 0x7ff0UL, 5UL), (bench[Ip], bench[Sp], bench[Di]));
        Assert.Equal((0x33UL, 0x2bUL, 0x200UL), (bench[Cs], bench[Ss], bench[Flags]));
        Assert.Equal(
            [Di, OrigAx, Ip, Cs, Flags, Sp, Ss],
            Enumerable.Range(0, X86Registers.Count).Where(i => bench[i] != 0));
        Assert.False(bench.Architecture.IsCompat(bench.Cpu, bench.Regs));
    }

    [Fact]
    public void A_32_bit_x86_program_has_the_selectors_of_one()
    {
        var bench = Bench.X86(isCompat: true);

        Assert.Equal((0x23UL, 0x2bUL, 0x2bUL, 0x2bUL), (bench[Cs], bench[Ss], bench[Ds], bench[Es]));
        Assert.True(bench.Architecture.IsCompat(bench.Cpu, bench.Regs));
        Assert.Equal(0xffffe000UL, bench.Architecture.TaskSize(bench.Cpu, bench.Regs));
        Assert.Equal("i386", bench.View.Name);
    }

    [Theory]
    [InlineData("ppc64", 0x800000000000d032, 0x900, 1UL << 44)]
    [InlineData("ppc compat", 0xd032, 0, 0xfffff000)]
    [InlineData("ppc32", 0xd032, 0, 0xc0000000)]
    public void A_powerpc_program_starts_in_user_mode_of_its_width(string architecture, ulong msr, ulong toc, ulong size)
    {
        var bench = Bench.Of(architecture);
        bool isCompat = architecture is "ppc compat";
        bench.Scramble(0, PowerPcRegisters.Count);
        bench.Architecture.StartThread(bench.Cpu, bench.Regs, new ThreadStart(0x1000, 0x7ff0, 5, 0x900, isCompat));

        Assert.Equal((0x1000UL, 0x7ff0UL, 5UL), (bench[Nip], bench[Gpr1], bench[Gpr3]));
        Assert.Equal((msr, toc, size), (bench[Msr], bench[Gpr2], bench.Architecture.TaskSize(bench.Cpu, bench.Regs)));
        Assert.True(bench.Architecture.IsUserMode(bench.Cpu, bench.Regs));
        Assert.Equal(isCompat, bench.Architecture.IsCompat(bench.Cpu, bench.Regs));
    }

    [Theory]
    [InlineData("x86_64", Ax)]
    [InlineData("ppc64", Gpr3)]
    public void A_child_has_its_parents_registers_and_a_result_of_0(string architecture, int result)
    {
        var bench = Bench.Of(architecture);
        bench.Scramble(0, 15);
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        RegisterFile child = bench.Architecture.NewRegisters(bench.Machine, "child");
        ulong[] parent = bench.Words(0, bench.Regs.Length);

        Assert.Equal(0, bench.Architecture.CopyThread(bench.Cpu, child, bench.Regs, 0, null));
        Assert.Equal(parent, bench.Words(0, bench.Regs.Length));
        parent[result] = 0;
        Assert.Equal(parent, Enumerable.Range(0, child.Length).Select(child.Peek));

        bench.Architecture.CopyThread(bench.Cpu, child, bench.Regs, 0x9000, null);
        Assert.Equal(0x9000UL, bench.Architecture.GetStackPointer(bench.Cpu, child));
        Assert.NotEqual(0x9000UL, bench.Architecture.GetStackPointer(bench.Cpu, bench.Regs));
    }

    [Theory]
    [InlineData("ppc64", Gpr13)]
    [InlineData("ppc compat", Gpr2)]
    [InlineData("ppc32", Gpr2)]
    public void The_thread_pointer_of_powerpc_is_a_general_register(string architecture, int word)
    {
        var bench = Bench.Of(architecture);
        RegisterFile child = bench.Architecture.NewRegisters(bench.Machine, "child");
        bench.Architecture.CopyThread(bench.Cpu, child, bench.Regs, 0, 0x7777);
        Assert.Equal([word], Enumerable.Range(0, child.Length).Where(i => child.Peek(i) != bench[i] && i != Gpr3));
        Assert.Equal(0x7777UL, child.Peek(word));
    }

    [Theory]
    [InlineData(0x7f00_0000_1000, 0)]
    [InlineData(0x1000_0000, 0x6b)]
    public void The_thread_pointer_of_x86_is_the_base_of_fs(ulong address, ulong selector)
    {
        var bench = Bench.X86();
        RegisterFile child = bench.Architecture.NewRegisters(bench.Machine, "child");
        Assert.Equal(0, bench.Architecture.CopyThread(bench.Cpu, child, bench.Regs, 0, address));
        Assert.Equal((address, selector), (X86Segments.GetFsBase(bench.Cpu, child), child.Peek(Fs)));
        Assert.Equal(0UL, X86Segments.GetFsBase(bench.Cpu, bench.Regs));
        Assert.Equal(-1, bench.Architecture.CopyThread(bench.Cpu, child, bench.Regs, 0, X86Architecture.TaskSizeMax));
    }

    [Fact]
    public void Arch_prctl_sets_and_reads_both_bases()
    {
        var bench = Bench.X86();
        Assert.Equal(0, X86Segments.SetGsBase(bench.Cpu, bench.Regs, 0x5000));
        Assert.Equal(0, X86Segments.SetFsBase(bench.Cpu, bench.Regs, 0x7f00_0000_0000));
        Assert.Equal(
            (0x5000UL, 0x63UL, 0x7f00_0000_0000UL, 0UL),
            (X86Segments.GetGsBase(bench.Cpu, bench.Regs), bench[Gs], X86Segments.GetFsBase(bench.Cpu, bench.Regs), bench[Fs]));
        Assert.Equal(-1, X86Segments.SetGsBase(bench.Cpu, bench.Regs, ulong.MaxValue));
        Assert.Equal(0x5000UL, X86Segments.GetGsBase(bench.Cpu, bench.Regs));
    }

    [Theory]
    [InlineData("x86_64")]
    [InlineData("ppc64")]
    public void A_child_is_not_stepped(string architecture)
    {
        var bench = Bench.Of(architecture);
        RegisterFile quiet = bench.Architecture.NewRegisters(bench.Machine, "quiet");
        bench.Architecture.CopyThread(bench.Cpu, quiet, bench.Regs, 0, null);
        bench.BlockStep();
        RegisterFile child = bench.Architecture.NewRegisters(bench.Machine, "child");
        bench.Architecture.CopyThread(bench.Cpu, child, bench.Regs, 0, null);

        Assert.Equal(Enumerable.Range(0, quiet.Length).Select(quiet.Peek), Enumerable.Range(0, child.Length).Select(child.Peek));
        Assert.True(bench.Architecture.Stepping.IsStepping(bench.Cpu, bench.Regs));
    }

    [Theory]
    [InlineData("x86_64", Cs, 0x10)]
    [InlineData("ppc64", Msr, 0x8000000000009032)]
    public void Kernel_mode_is_told_from_the_saved_state(string architecture, int word, ulong kernel)
    {
        var bench = Bench.Of(architecture);
        Assert.True(bench.Architecture.IsUserMode(bench.Cpu, bench.Regs));
        bench[word] = kernel;
        Assert.False(bench.Architecture.IsUserMode(bench.Cpu, bench.Regs));
    }

    [Theory]
    [InlineData("x86_64", Ip, Sp)]
    [InlineData("ppc64", Nip, Gpr1)]
    public void Instruction_and_stack_pointer_have_names_everywhere(string architecture, int ip, int sp)
    {
        var bench = Bench.Of(architecture);
        bench.Architecture.SetInstructionPointer(bench.Cpu, bench.Regs, 0x11);
        bench.Architecture.SetStackPointer(bench.Cpu, bench.Regs, 0x22);
        Assert.Equal((0x11UL, 0x22UL), (bench[ip], bench[sp]));
        Assert.Equal(0x11UL, bench.Architecture.GetInstructionPointer(bench.Cpu, bench.Regs));
        Assert.Equal(0x22UL, bench.Architecture.GetStackPointer(bench.Cpu, bench.Regs));
    }
}
