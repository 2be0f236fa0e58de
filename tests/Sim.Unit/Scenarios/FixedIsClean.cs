using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Scenarios.Races;

namespace Sim.Unit.Scenarios;

/// <summary>The corrected core keeps every law in every race scenario as it is by default, explored to the end.</summary>
public sealed class FixedIsClean
{
    /// <summary>Too large to be explored to the end here; what has been seen of it was clean.</summary>
    private const string TooLarge = "examine-vs-kill";

    /// <summary>The scenarios.</summary>
    public static TheoryData<string> Scenarios { get; } =
        [.. RaceCatalogue.Scenarios.Select(scenario => scenario.Name).Where(name => !string.Equals(name, TooLarge, StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void The_fixed_variant_is_complete_and_clean(string scenario)
    {
        foreach (MemoryModel memory in (MemoryModel[])[MemoryModel.Sc, MemoryModel.Tso])
        {
            ExploreResult result = Explorer.Run(Worlds.Parse(scenario, "fixed"), Worlds.Options(memory));
            Assert.Equal(Verdict.Complete, result.Verdict);
        }
    }

    [Fact]
    public void The_world_that_is_too_large_is_clean_as_far_as_it_is_seen()
    {
        ExploreOptions options = Worlds.Options(MemoryModel.Sc) with { Executions = 50_000 };

        Assert.Empty(Explorer.Run(Worlds.Parse(TooLarge, "fixed"), options).Findings);
        Assert.Empty(Explorer.Run(Worlds.Parse($"{TooLarge} kill=1", "fixed"), options).Findings);
    }
}
