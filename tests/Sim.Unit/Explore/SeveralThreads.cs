using System.Threading;
using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Unit.Scenarios;

namespace Sim.Unit.Explore;

/// <summary>How many threads a search has makes no difference to anything that it says.</summary>
public sealed class SeveralThreads
{
    /// <summary>Worlds with locks, with fibers that start fibers, and with objects made on the way.</summary>
    public static TheoryData<string, MemoryModel> ManyWorlds { get; } = new()
    {
        { "yardstick/attach attachers=5", MemoryModel.Sc },
        { "yardstick/attach attachers=6", MemoryModel.Tso },
        { "yardstick/fib_bench n=4", MemoryModel.Sc },
        { "yardstick/lastzero n=11", MemoryModel.Sc },
        { "yardstick/casrot n=9", MemoryModel.Sc },
        { "yardstick/philosophers n=4", MemoryModel.Sc },
        { "yardstick/control_flow n=4", MemoryModel.Sc },
        { "attach-vs-release attachers=2", MemoryModel.Tso },
        { "attach-vs-release", MemoryModel.Sc },
        { "detach-vs-death", MemoryModel.Tso },
        { "double-reap waiters=3", MemoryModel.Sc },
        { "request-vs-resume", MemoryModel.Tso },
        { "stop-vs-cont", MemoryModel.Sc },
    };

    [Theory]
    [MemberData(nameof(ManyWorlds))]
    public void Every_count_is_the_same(string world, MemoryModel memory)
    {
        ExploreOptions options = Worlds.Options(memory) with { StopAtViolation = false };
        ExploreResult one = Explorer.Run(Worlds.Parse(world), options);
        foreach (int jobs in (int[])[2, 5])
        {
            AssertSame(one, Explorer.Run(Worlds.Parse(world), options with { Jobs = jobs }));
        }
    }

    /// <summary>The first violation is the first in the order of one thread, whoever finds one earlier.</summary>
    [Theory]
    [InlineData("attach-vs-release", "AttachVsRelease.Attach")]
    [InlineData("barrier-vs-callback", "ReportingVsFlags.Report")]
    public void The_first_violation_is_the_same(string world, string without)
    {
        ExploreOptions options = Worlds.Options(MemoryModel.Tso, without);
        ExploreResult one = Explorer.Run(Worlds.Parse(world), options);
        ExploreResult all = Explorer.Run(Worlds.Parse(world), options with { StopAtViolation = false });
        Assert.NotEmpty(one.Findings);
        foreach (int jobs in (int[])[2, 4])
        {
            AssertSame(one, Explorer.Run(Worlds.Parse(world), options with { Jobs = jobs }));
            AssertSame(all, Explorer.Run(Worlds.Parse(world), options with { Jobs = jobs, StopAtViolation = false }));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(7777)]
    public void A_limit_is_kept_to_the_execution(long limit)
    {
        ExploreOptions options = Worlds.Options(MemoryModel.Sc) with { Executions = limit };

        ExploreResult two = Explorer.Run(Worlds.Parse("detach-vs-death"), options with { Jobs = 2 });

        Assert.Equal(limit, two.Executions);
        AssertSame(Explorer.Run(Worlds.Parse("detach-vs-death"), options), two);
    }

    [Fact]
    public void A_search_of_two_threads_goes_on_where_it_was_stopped()
    {
        ExploreOptions options = Worlds.Options(MemoryModel.Tso);
        ExploreResult whole = Explorer.Run(Worlds.Parse("detach-vs-death"), options);
        SearchState? state = null;
        ExploreResult part;
        int parts = 0;
        do
        {
            int polls = 0;
            SearchState? next = null;
            part = Explorer.Run(Worlds.Parse("detach-vs-death"), options with
            {
                Jobs = 1 + (parts % 3),
                Resume = state,
                Stop = _ => ++polls > 10,
                Checkpoint = reached => next = Checkpoints.Copy(reached),
            });
            parts++;
            state = next;
        }
        while (part.Verdict == Verdict.Stopped);

        Assert.True(parts > 3);
        AssertSame(whole, part);
    }

    /// <summary>What helpers have found out by then goes into the state of a search, and is not explored again.</summary>
    [Theory]
    [InlineData("yardstick/attach attachers=6", MemoryModel.Sc)]
    [InlineData("detach-vs-death", MemoryModel.Tso)]
    [InlineData("attach-vs-release", MemoryModel.Tso)]
    [InlineData("fork-vs-stop exits=1", MemoryModel.Sc)]
    public void What_was_explored_ahead_is_kept(string world, MemoryModel memory)
    {
        ExploreOptions options = Worlds.Options(memory) with { StopAtViolation = false };
        ExploreResult whole = Explorer.Run(Worlds.Parse(world), options);
        SearchState? state = null;
        Explorer.Run(Worlds.Parse(world), options with
        {
            Jobs = 3,
            Stop = _ =>
            {
                Thread.Sleep(20);   // the helpers get ahead
                return state is not null;
            },
            WantsCheckpoint = () => true,
            Checkpoint = reached => state ??= Ahead(reached) > 0 ? Checkpoints.Copy(reached) : null,
        });
        Assert.NotNull(state);
        int own = 0;
        ExploreResult rest = Explorer.Run(
            Worlds.Parse(world), options with { Resume = state, OnExecution = _ => own++ });

        Assert.Equal(whole.Executions - state.Executions - Ahead(state), own);
        AssertSame(whole, rest);
    }

    private static long Ahead(SearchState state)
        => state.Levels.SelectMany(level => level.Ahead).Sum(branch => branch.Counts.Executions);

    private static void AssertSame(ExploreResult one, ExploreResult other)
    {
        Assert.Equal(
            (one.Verdict, one.Executions, one.Blocked, one.Transitions, one.LongestExecution, one.Violating),
            (other.Verdict, other.Executions, other.Blocked, other.Transitions, other.LongestExecution, other.Violating));
        Assert.Equal(
            one.Findings.Select(finding => (finding.Violation.Guarantee, string.Join(' ', finding.Schedule.Choices))),
            other.Findings.Select(finding => (finding.Violation.Guarantee, string.Join(' ', finding.Schedule.Choices))));
    }
}
