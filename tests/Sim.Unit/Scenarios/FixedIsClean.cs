using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Scenarios.Races;

namespace Sim.Unit.Scenarios;

/// <summary>The corrected core keeps every law in every race scenario as it is by default, explored to the end.</summary>
public sealed class FixedIsClean
{
    /// <summary>The scenarios.</summary>
    public static TheoryData<string> Scenarios { get; } =
        [.. RaceCatalogue.Scenarios.Select(scenario => scenario.Name)];

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
}
