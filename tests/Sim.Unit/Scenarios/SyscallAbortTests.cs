using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Scenarios;

namespace Sim.Unit.Scenarios;

/// <summary>What the day's discussion says of a system call that an engine aborts at its entry, on both processors.</summary>
public sealed class SyscallAbortTests
{
    public static TheoryData<int, int, int> Answers { get; } = new(
        from powerPc in Enumerable.Range(0, 2)
        from entry in Enumerable.Range(0, 5)
        from exit in Enumerable.Range(0, 4)
        select (powerPc, entry, exit));

    [Theory]
    [MemberData(nameof(Answers))]
    public void Every_world_is_complete_and_leaves_what_the_specification_says(int powerPc, int entry, int exit)
    {
        string world = FormattableString.Invariant($"syscall-abort powerpc={powerPc} entry={entry} exit={exit}");
        foreach (MemoryModel memory in new[] { MemoryModel.Sc, MemoryModel.Tso })
        {
            Assert.Equal(Verdict.Complete, Explorer.Run(Worlds.Parse(world), Worlds.Options(memory)).Verdict);
        }
    }

    [Theory]
    [InlineData(0, 0, 0, "get_nr is 121, get_error -38, get_return_value -38; the program finds ax = -38, di = 7")]
    [InlineData(0, 0, 1, "get_nr is 121, get_error -38, get_return_value -38; the program finds ax = 121, di = 7")]
    [InlineData(0, 1, 0, "get_nr is 121, get_error 0, get_return_value 1234; the program finds ax = 1234, di = 99")]
    [InlineData(0, 2, 1, "get_nr is -1, get_error -38, get_return_value -38; the program finds ax = -1, di = 7")]
    [InlineData(0, 4, 0, "get_nr is -1, get_error 0, get_return_value 1234; the program finds ax = 1234, di = 99")]
    [InlineData(0, 0, 3, "get_nr is 121, get_error -38, get_return_value -38; the program finds ax = -1, di = 7")]
    [InlineData(1, 0, 0, "get_nr is 132, get_error -38, get_return_value 38; the program finds gpr3 = 38, CR0.SO = 1, gpr0 = 132")]
    [InlineData(1, 0, 1, "get_nr is 132, get_error -38, get_return_value 38; the program finds gpr3 = 7, CR0.SO = 1, gpr0 = 132")]
    [InlineData(1, 1, 0, "get_nr is 132, get_error -38, get_return_value 38; the program finds gpr3 = 38, CR0.SO = 1, gpr0 = 132")]
    [InlineData(1, 2, 1, "get_nr is -1, get_error -38, get_return_value 38; the program finds gpr3 = 7, CR0.SO = 1, gpr0 = -1")]
    [InlineData(1, 0, 2, "get_nr is 132, get_error -38, get_return_value 38; the program finds gpr3 = 1234, CR0.SO = 0, gpr0 = 132")]
    [InlineData(1, 0, 3, "get_nr is 132, get_error -38, get_return_value 38; the program finds gpr3 = 1, CR0.SO = 1, gpr0 = 132")]
    public void The_outcome_is_told(int powerPc, int entry, int exit, string expected)
    {
        Scenario scenario = Catalogue.Find("syscall-abort")!;
        var values = new Dictionary<string, int>(StringComparer.Ordinal) { ["powerpc"] = powerPc, ["entry"] = entry, ["exit"] = exit };
        var told = new HashSet<string>(StringComparer.Ordinal);
        Explorer.Run(
            scenario.World(new WorldRequest(scenario.Fill(values), "b") { Outcome = text => told.Add(text) }),
            Worlds.Options(MemoryModel.Sc));

        Assert.Equal((powerPc != 0 ? "powerpc: at the exit " : "x86_64: at the exit ") + expected, Assert.Single(told));
    }
}
