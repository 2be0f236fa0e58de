using Sim.Explore;
using Sim.Machine.Memory;

namespace Sim.Unit.Scenarios;

/// <summary>The strategies agree wherever they are complete, and find what there is to find.</summary>
public sealed class Agreement
{
    [Theory]
    [InlineData(Strategy.Dpor)]
    [InlineData(Strategy.Random)]
    [InlineData(Strategy.Pct)]
    [InlineData(Strategy.Dfs)]
    public void The_canary_is_found(Strategy strategy)
    {
        World world = Worlds.Of("yardstick/attach", "b", ("attachers", 1));
        ExploreOptions options = new()
        {
            Memory = MemoryModel.Tso,
            Strategy = strategy,
            Without = [Sim.Scenarios.Yardsticks.AttachProgram.AttacherFence],
        };

        Assert.Equal(Verdict.Violated, Explorer.Run(world, options).Verdict);
    }

    [Theory]
    [InlineData("yardstick/attach attachers=1", MemoryModel.Sc)]
    [InlineData("yardstick/attach attachers=1", MemoryModel.Tso)]
    [InlineData("yardstick/attach attachers=2", MemoryModel.Sc)]
    [InlineData("yardstick/attach attachers=2", MemoryModel.Tso)]
    public void Enumeration_agrees_with_the_reduction(string world, MemoryModel memory)
    {
        foreach (Site[] without in (Site[][])[[], [Sim.Scenarios.Yardsticks.AttachProgram.AttacherFence]])
        {
            ExploreOptions options = Worlds.Options(memory) with { Without = without };
            ExploreResult reduced = Explorer.Run(Worlds.Parse(world), options);
            ExploreResult whole = Explorer.Run(Worlds.Parse(world), options with { Strategy = Strategy.Dfs });

            Assert.Equal(reduced.Verdict, whole.Verdict);
        }
    }

    [Theory]
    [InlineData(Strategy.Random)]
    [InlineData(Strategy.Pct)]
    public void Sampling_finds_the_missing_fence_and_nothing_else(Strategy strategy)
    {
        World world = Worlds.Of("attach-vs-release", "b", ("attachers", 1));
        ExploreOptions broken = Worlds.Options(MemoryModel.Tso, "AttachVsRelease.Attach") with { Strategy = strategy };
        ExploreOptions whole = Worlds.Options(MemoryModel.Tso) with { Strategy = strategy };

        Assert.Equal("G7", Assert.Single(Explorer.Run(world, broken).Findings).Violation.Guarantee);
        Assert.Equal(Verdict.Sampled, Explorer.Run(world, whole).Verdict);
    }

    [Fact]
    public void A_bounded_search_says_so()
    {
        World world = Worlds.Of("attach-vs-release", "b", ("attachers", 1));
        ExploreOptions options = Worlds.Options(MemoryModel.Sc) with
        {
            Strategy = Strategy.Dfs,
            Preemptions = 1,
        };

        Assert.Equal(Verdict.HoldsToBound, Explorer.Run(world, options).Verdict);
    }

    [Fact]
    public void A_minimal_schedule_is_no_worse_and_breaks_the_same_guarantee()
    {
        World world = Worlds.Of("attach-vs-release", "b", ("attachers", 2));
        ExploreOptions options = Worlds.Options(MemoryModel.Tso, "AttachVsRelease.Attach") with
        {
            Strategy = Strategy.Random,
            Seed = 7,
        };
        Finding found = Assert.Single(Explorer.Run(world, options).Findings);
        int before = Replayer.Run(world, options, found.Schedule).Preemptions;

        Finding minimal = Minimiser.Minimise(world, options, found);
        Recording after = Replayer.Run(world, options, minimal.Schedule);

        Assert.Equal(found.Violation.Guarantee, after.Violation?.Guarantee);
        Assert.True(after.Preemptions < before || minimal.Schedule.Length <= found.Schedule.Length);
        Assert.Equal(0, after.Preemptions);
    }
}
