using Sim.Scenarios.Oracle.Running;
using Sim.Unit.Repository;

namespace Sim.Unit.Kernel.Behaviours;

/// <summary>What the manual pages, POSIX and 2.6.32 say, case by case, under one plain and many random schedules.</summary>
public sealed class KernelBehaviours
{
    private const int Schedules = 25;

    private static readonly Dictionary<string, Behaviour> s_all = Files()
        .SelectMany(file => Behaviour.Read(file).Select(read => (Key: $"{Path.GetFileNameWithoutExtension(file)}: {read.Name}", read)))
        .ToDictionary(pair => pair.Key, pair => pair.read, StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. s_all.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_schedule_gives_the_log(string name)
    {
        Behaviour behaviour = s_all[name];

        ScriptResult result = ScriptRun.Run(behaviour.Script, [], seed: 1, Schedules);

        Assert.True(result.Problem is null, result.Problem);
        Assert.All(result.Logs, log => Assert.Equal(behaviour.Expected, log.Lines.Select(Short), StringComparer.Ordinal));
        Assert.Equal(Schedules + 1, result.Runs);
    }

    [Fact]
    public void There_are_enough_of_them_and_each_has_a_source()
    {
        Assert.True(s_all.Count >= 150);
        Assert.All(s_all.Values, behaviour => Assert.False(string.IsNullOrWhiteSpace(behaviour.Source)));
    }

    private static IEnumerable<string> Files()
        => Directory.GetFiles(Checkout.File("tests/Sim.Unit/Kernel/Behaviours"), "*.txt").Order(StringComparer.Ordinal);

    /// <summary>A line with one blank behind the task.</summary>
    private static string Short(string line)
    {
        int gap = line.IndexOf(' ', StringComparison.Ordinal);
        return line[..gap] + " " + line[gap..].TrimStart();
    }
}
