using Sim.Explore;
using Sim.Machine.Memory;

namespace Sim.Unit.Scenarios;

/// <summary>What the day's discussion says of stepping through fork() on powerpc and on x86.</summary>
public sealed class StepForkTests
{
    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void Stepping_through_the_atomic_loop_of_fork_on_powerpc_never_ends(MemoryModel memory)
    {
        Finding finding = Assert.Single(Explore("step-fork", memory).Findings);

        Assert.Equal("LIVELOCK", finding.Violation.Guarantee);
    }

    [Theory]
    [InlineData("step-fork raw=1")]
    [InlineData("step-fork whole=1")]
    [InlineData("step-fork powerpc=0")]
    [InlineData("step-fork powerpc=0 raw=1")]
    [InlineData("step-fork powerpc=0 whole=1")]
    public void It_ends_without_the_loop_or_over_it_as_a_whole_or_on_x86(string world)
    {
        Assert.Equal(Verdict.Complete, Explore(world, MemoryModel.Sc).Verdict);
        Assert.Equal(Verdict.Complete, Explore(world, MemoryModel.Tso).Verdict);
    }

    private static ExploreResult Explore(string world, MemoryModel memory)
        => Explorer.Run(Worlds.Parse(world), Worlds.Options(memory) with { Strategy = Strategy.States });
}
