using Sim.Arch;

namespace Sim.Unit.Arch;

/// <summary>The system call numbers of 2.6.32.</summary>
public sealed class SyscallTableTests
{
    [Theory]
    [InlineData("read", 0, 3, 3)]
    [InlineData("rt_sigreturn", 15, 172, 173)]
    [InlineData("clone", 56, 120, 120)]
    [InlineData("fork", 57, 2, 2)]
    [InlineData("vfork", 58, 189, 190)]
    [InlineData("execve", 59, 11, 11)]
    [InlineData("exit", 60, 1, 1)]
    [InlineData("wait4", 61, 114, 114)]
    [InlineData("kill", 62, 37, 37)]
    [InlineData("ptrace", 101, 26, 26)]
    [InlineData("sigaltstack", 131, 185, 186)]
    [InlineData("arch_prctl", 158, null, null)]
    [InlineData("gettid", 186, 207, 224)]
    [InlineData("tkill", 200, 208, 238)]
    [InlineData("restart_syscall", 219, 0, 0)]
    [InlineData("exit_group", 231, 234, 252)]
    [InlineData("tgkill", 234, 250, 270)]
    [InlineData("waitid", 247, 272, 284)]
    [InlineData("rt_tgsigqueueinfo", 297, 322, 335)]
    [InlineData("perf_event_open", 298, 319, 336)]
    [InlineData("waitpid", null, 7, 7)]
    [InlineData("newfstatat", 262, 291, null)]
    public void A_call_has_its_numbers(string name, int? x86, int? powerPc, int? i386)
    {
        SyscallEntry entry = SyscallTable.Linux2632.Find(name)!;

        Assert.Equal((x86, powerPc, i386), (entry.X86_64, entry.Ppc64, entry.I386));
        foreach (SyscallNumbering numbering in Enum.GetValues<SyscallNumbering>())
        {
            if (entry.Number(numbering) is { } number)
            {
                Assert.Same(entry, SyscallTable.Linux2632.Find(numbering, number));
            }
        }
    }

    [Fact]
    public void Every_x86_64_number_is_taken_once_and_none_is_newer()
    {
        SyscallTable table = SyscallTable.Linux2632;

        Assert.Equal(299, table.Count(SyscallNumbering.X86_64));
        Assert.Equal(323, table.Count(SyscallNumbering.Ppc64));
        Assert.Equal(323, table.Count(SyscallNumbering.Ppc32));
        Assert.Equal(337, table.Count(SyscallNumbering.I386));
        Assert.Equal(
            Enumerable.Range(0, 299).Select(i => (int?)i),
            table.Entries.Where(entry => entry.X86_64 is not null).Select(entry => entry.X86_64));
        Assert.Equal(table.Entries.Length, table.Entries.Select(entry => entry.Name).Distinct(StringComparer.Ordinal).Count());
        foreach (SyscallNumbering numbering in Enum.GetValues<SyscallNumbering>())
        {
            List<int> numbers = [.. table.Entries.Select(entry => entry.Number(numbering)).OfType<int>()];
            Assert.Equal(numbers.Distinct().Count(), numbers.Count);
        }
    }

    [Theory]
    [InlineData(82, null, "select")]
    [InlineData(142, "_newselect", "_newselect")]
    [InlineData(119, null, "sigreturn")]
    [InlineData(192, null, "mmap2")]
    [InlineData(291, "newfstatat", "fstatat64")]
    public void Some_powerpc_numbers_mean_another_call_in_32_bit_tasks(int number, string? wide, string narrow)
    {
        Assert.Equal(wide, SyscallTable.Linux2632.Find(SyscallNumbering.Ppc64, number)?.Name);
        Assert.Equal(narrow, SyscallTable.Linux2632.Find(SyscallNumbering.Ppc32, number)?.Name);
    }

    [Theory]
    [InlineData("x86_64", SyscallNumbering.X86_64)]
    [InlineData("i386", SyscallNumbering.I386)]
    [InlineData("ppc64", SyscallNumbering.Ppc64)]
    [InlineData("ppc compat", SyscallNumbering.Ppc32)]
    [InlineData("ppc32", SyscallNumbering.Ppc32)]
    public void A_task_has_the_numbers_of_its_program(string architecture, SyscallNumbering expected)
    {
        var bench = Bench.Of(architecture);
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        Assert.Equal(expected, bench.Syscalls.Numbering(bench.Cpu, bench.Regs));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(299)]
    [InlineData(int.MaxValue)]
    public void A_number_out_of_range_is_no_call(int number)
        => Assert.Null(SyscallTable.Linux2632.Find(SyscallNumbering.X86_64, number));

    [Fact]
    public void A_hole_in_a_column_is_no_call()
    {
        Assert.Null(SyscallTable.Linux2632.Find(SyscallNumbering.I386, 285));
        Assert.Null(SyscallTable.Linux2632.Find("accept5"));
    }

    [Fact]
    public void Releases_say_what_2_6_32_does_not_have_yet()
        => Assert.All(
            SyscallTable.Linux2632.Entries,
            entry => Assert.Matches(@"^(-|2\.6\.([6-9]|[12][0-9]|3[0-2]))$", entry.Since));
}
