using Sim.Explore;
using Sim.Explore.Estimates;
using Sim.Machine.Memory;
using Sim.Unit.Scenarios;

namespace Sim.Unit.Explore;

/// <summary>
/// The running estimate of the number of executions: once 5 % are done it is off by no more than a factor
/// of 2, or is told as a range, and the truth is in the range.
/// </summary>
public sealed class Estimates
{
    /// <summary>Yardstick programs, with their numbers of executions.</summary>
    public static TheoryData<string, long> Close { get; } = new()
    {
        { "yardstick/big0", 69_112 },
        { "yardstick/fib_bench n=5", 218_243 },
        { "yardstick/race_par n=6", 372_436 },
        { "yardstick/floating_read n=7", 40_320 },
        { "yardstick/co-2+2w n=5", 113_400 },
        { "yardstick/casw n=5", 32_880 },
        { "yardstick/casrot n=9", 8597 },
        { "yardstick/lockinc n=8", 40_320 },
        { "yardstick/readers n=13", 8192 },
        { "yardstick/indexer n=15", 4096 },
        { "yardstick/attach attachers=6", 24_480 },
        { "yardstick/inc n=5", 14_400 },
        { "yardstick/cinc n=4", 13_824 },
        { "yardstick/account n=4", 14_400 },
        { "yardstick/circular_buffer n=7", 3432 },
    };

    /// <summary>
    /// Programs of which the partial orders that count most are rare among the beginnings of all: no sampling
    /// finds them, and the tree grows most while it is explored.
    /// </summary>
    public static TheoryData<string, long> Wide { get; } = new()
    {
        { "yardstick/lastzero n=10", 3328 },
        { "yardstick/lastzero n=15", 147_456 },
        { "yardstick/control_flow n=6", 55_440 },
        { "yardstick/lamport n=3", 20_741 },
        { "attach-vs-release", 105_840 },
        { "detach-vs-death", 59_250 },
        { "stop-vs-exit", 147_944 },
    };

    [Theory]
    [MemberData(nameof(Close))]
    public void It_is_within_a_factor_of_two_once_five_percent_are_done(string world, long all)
        => Watch(world, all, estimate => Assert.InRange(estimate.Executions, all / 2.0, all * 2.0));

    [Theory]
    [MemberData(nameof(Close))]
    [MemberData(nameof(Wide))]
    public void The_truth_is_in_the_range_that_is_told(string world, long all)
        => Watch(world, all, estimate =>
        {
            Assert.InRange(all, estimate.Low, estimate.High);
            Assert.InRange(estimate.Executions, estimate.Low, estimate.High);
        });

    /// <summary>A search of seconds, up to its tenth part.</summary>
    [Fact]
    public void It_is_close_for_five_million_executions()
    {
        const long all = 5_284_890;
        Watch("yardstick/big2", all, estimate => Assert.True(estimate.IsClose && Math.Abs((estimate.Executions / all) - 1) < 0.5), all / 10);
    }

    /// <summary>Where threads never meet, or always do, one walk says it all.</summary>
    [Theory]
    [InlineData("yardstick/ainc n=6", 720)]
    [InlineData("yardstick/lockinc n=5", 120)]
    public void A_walk_has_no_variance_where_everything_is_ordered(string world, double all)
        => Explorer.OnMachine(Worlds.Parse(world), Worlds.Options(MemoryModel.Sc), (machine, _) =>
        {
            machine.Start(undoable: true, collectRaces: false, hashing: false);
            var sampler = new TraceSampler(machine, 1000, seed: 7);
            Assert.Equal(all, sampler.Walk(), 3);
            Assert.Equal(0, machine.StepCount);
            return 0;
        });

    [Fact]
    public void Estimating_changes_no_count()
    {
        ExploreOptions options = Worlds.Options(MemoryModel.Tso) with { Stop = _ => false };
        ExploreResult plain = Explorer.Run(Worlds.Parse("yardstick/attach attachers=5"), options);
        ExploreResult watched = Explorer.Run(Worlds.Parse("yardstick/attach attachers=5"), options with { Estimates = true });
        Assert.Equal(plain.Transitions, watched.Transitions);
        Assert.Equal(plain.Executions, watched.Executions);
    }

    private static void Watch(string world, long all, Action<Estimate> check, long until = long.MaxValue)
    {
        int asked = 0;
        ExploreResult result = Explorer.Run(Worlds.Parse(world), Worlds.Options(MemoryModel.Sc) with
        {
            StopAtViolation = false,
            Estimates = true,
            Stop = progress =>
            {
                if (progress.Executions * 20 >= all)
                {
                    asked++;
                    check(progress.Estimate!.Value);
                }

                return progress.Executions >= until;
            },
        });
        Assert.True(asked > 0, "it was never asked");
        Assert.True(until < long.MaxValue || result.Executions + result.Blocked == all, $"{result.Executions} executions");
    }
}
