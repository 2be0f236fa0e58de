using Sim.Explore;
using Sim.Scenarios;
using Sim.Scenarios.Yardsticks;

namespace Sim.Unit.Explore;

/// <summary>
/// The reduction visits each partial order of a yardstick program exactly once. The numbers are those
/// of GenMC, Concuerror and Nidhugg, or follow from a count on paper.
/// </summary>
public sealed class YardstickCounts
{
    /// <summary>Programs whose threads all end.</summary>
    public static TheoryData<string, int, long> Complete { get; } = new()
    {
        { "sb", 0, 3 },
        { "mp", 0, 3 },
        { "2+2w", 0, 3 },
        { "iriw", 0, 15 },
        { "w+rrr+w", 0, 20 },
        { "fr+w+w+w+reads", 0, 210 },
        { "co-2+2w", 3, 90 },
        { "co-2+2w", 5, 113_400 },
        { "co-mp", 2, 90 },
        { "co-mp", 3, 2520 },
        { "readers", 1, 2 },
        { "readers", 8, 256 },
        { "readers", 13, 8192 },
        { "n-writers", 4, 720 },
        { "floating_read", 6, 5040 },
        { "floating_read", 7, 40_320 },

        { "ainc", 2, 2 },
        { "ainc", 3, 6 },
        { "ainc", 4, 24 },
        { "ainc", 5, 120 },
        { "ainc", 6, 720 },
        { "ainc", 7, 5040 },
        { "binc", 2, 4 },
        { "binc", 3, 36 },
        { "binc", 4, 576 },
        { "cinc", 2, 8 },
        { "cinc", 3, 216 },
        { "cinc", 4, 13_824 },
        { "relseq", 0, 180 },
        { "rw", 2, 4 },
        { "rw", 3, 36 },
        { "rw", 4, 576 },
        { "rw", 5, 14_400 },
        { "inc", 2, 4 },
        { "inc", 3, 36 },
        { "inc", 4, 576 },
        { "inc", 5, 14_400 },
        { "myexample", 5, 14_400 },
        { "race_par", 5, 34_904 },
        { "account", 2, 36 },
        { "account", 3, 576 },
        { "account", 4, 14_400 },
        { "fib_bench", 2, 140 },
        { "fib_bench", 3, 1698 },
        { "fib_bench", 4, 19_605 },
        { "fib_bench", 5, 218_243 },

        { "cas", 5, 5 },
        { "cas", 12, 12 },
        { "casrot", 2, 2 },
        { "casrot", 3, 5 },
        { "casrot", 4, 14 },
        { "casrot", 5, 43 },
        { "casrot", 6, 144 },
        { "casrot", 7, 523 },
        { "casrot", 8, 2048 },
        { "casrot", 9, 8597 },
        { "casw", 2, 6 },
        { "casw", 3, 66 },
        { "casw", 4, 1200 },
        { "casw", 5, 32_880 },
        { "wcas", 2, 5 },
        { "wcas", 3, 13 },
        { "wcas", 4, 33 },
        { "wcas", 5, 81 },
        { "wcas", 9, 2305 },
        { "indexer", 12, 8 },
        { "indexer", 15, 4096 },

        { "big0", 0, 69_112 },
        { "big2", 0, 5_284_890 },
        { "lastzero", 5, 64 },
        { "lastzero", 10, 3328 },
        { "lastzero", 15, 147_456 },
        { "control_flow", 2, 18 },
        { "control_flow", 4, 600 },
        { "control_flow", 6, 55_440 },
        { "sleepers", 0, 5 },
        { "combination_lock", 0, 6 },

        { "lockinc", 3, 6 },
        { "lockinc", 5, 120 },
        { "lockinc", 7, 5040 },
        { "lockinc", 8, 40_320 },
        { "circular_buffer", 3, 20 },
        { "circular_buffer", 5, 252 },
        { "circular_buffer", 7, 3432 },
        { "filesystem", 14, 2 },
        { "filesystem", 16, 8 },
        { "philosophers-ordered", 3, 6 },
        { "philosophers-ordered", 4, 14 },
        { "philosophers-ordered", 5, 30 },

        { "exit", 1, 6 },
        { "exit", 3, 120 },
        { "exit", 5, 5040 },
        { "exit", 6, 40_320 },
    };

    /// <summary>Programs some of whose executions break something, and how many do.</summary>
    public static TheoryData<string, int, long, long> Broken { get; } = new()
    {
        { "philosophers", 3, 7, 1 },
        { "philosophers", 4, 15, 1 },
        { "philosophers", 5, 31, 1 },
        { "attachbug", 0, 5, 2 },
        { "peterson", 0, 4 + 6, 6 },
        { "szymanski", 0, 6 + 97, 97 },
        { "lamport", 2, 16 + 16, 16 },
        { "lamport", 3, 9216 + 11_525, 11_525 },
    };

    /// <summary>Every program has a number here.</summary>
    [Fact]
    public void Every_program_is_counted()
    {
        IEnumerable<string> counted = Complete.Select(row => row.Data.Item1)
            .Concat(Broken.Select(row => row.Data.Item1));

        Assert.Empty(YardstickCatalogue.Scenarios
            .Select(scenario => scenario.Name["yardstick/".Length..])
            .Except(counted, StringComparer.Ordinal));
    }

    /// <summary>Exactly the partial orders, none given up half-way.</summary>
    [Theory]
    [MemberData(nameof(Complete))]
    public void Each_partial_order_is_visited_once(string program, int n, long traces)
    {
        ExploreResult result = Explore(program, n);

        Assert.Equal((Verdict.Complete, traces, 0), (result.Verdict, result.Executions, result.Blocked));
    }

    /// <summary>Among the partial orders are exactly those that break something.</summary>
    [Theory]
    [MemberData(nameof(Broken))]
    public void Each_broken_partial_order_is_visited_once(string program, int n, long traces, long broken)
    {
        ExploreResult result = Explore(program, n);

        Assert.Equal((traces, broken, 0), (result.Executions, result.Violating, result.Blocked));
    }

    private static ExploreResult Explore(string program, int n)
    {
        Scenario scenario = YardstickCatalogue.Scenarios.Single(
            scenario => string.Equals(scenario.Name, "yardstick/" + program, StringComparison.Ordinal));
        ParameterValues values = scenario.Fill(new Dictionary<string, int>(StringComparer.Ordinal) { ["n"] = n });
        return Explorer.Run(
            scenario.World(new WorldRequest(values, "b")), new ExploreOptions { StopAtViolation = false });
    }
}
