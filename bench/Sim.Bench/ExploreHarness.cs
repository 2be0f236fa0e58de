using System.Diagnostics;
using System.Globalization;
using Sim.Explore;
using Sim.Scenarios;

namespace Sim.Bench;

/// <summary>
/// Executions, transitions and states per second of whole searches, with one thread and with several in turn.
/// A search takes seconds and its counts are exact, so this is a plain loop; the best round counts. Rates are by processor time, which others on the machine disturb less.
/// </summary>
internal static class ExploreHarness
{
    /// <summary>Programs of the field with more than 10,000 executions.</summary>
    private static readonly string[] s_yardsticks =
    [
        "yardstick/attach attachers=6",
        "yardstick/attach attachers=7",
        "yardstick/big0",
        "yardstick/big2",
        "yardstick/binc n=5",
        "yardstick/casw n=5",
        "yardstick/cinc n=4",
        "yardstick/control_flow n=6",
        "yardstick/exit n=6",
        "yardstick/fib_bench n=5",
        "yardstick/floating_read n=7",
        "yardstick/lastzero n=15",
        "yardstick/lockinc n=8",
        "yardstick/myexample n=5",
        "yardstick/race_par n=6",
        "yardstick/rw n=5",
    ];

    private static readonly string[] s_utrace =
    [
        "attach-vs-release",
        "detach-vs-death",
        "barrier-vs-callback quiesce=1",
        "request-vs-resume",
        "stop-vs-release",
        "two-stops",
        "interrupt-vs-user sleep=1",
    ];

    private static readonly string[] s_merged =
    [
        "attach-vs-release attachers=2",
        "barrier-vs-callback",
        "detach-vs-death",
        "yardstick/lastzero n=10",
    ];

    /// <summary>Prints a table.</summary>
    /// <param name="args">What: yardsticks, utrace, states, or a world in quotes; how many rounds; how many threads.</param>
    internal static void Run(string[] args)
    {
        string what = args.Length > 0 ? args[0] : "yardsticks";
        int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
        int jobs = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 1;
        (string[] worlds, Strategy strategy) = what switch
        {
            "yardsticks" => (s_yardsticks, Strategy.Dpor),
            "utrace" => (s_utrace, Strategy.Dpor),
            "states" => (s_merged, Strategy.States),
            _ => ([what], Strategy.Dpor),
        };
        Console.WriteLine("| world | executions | transitions | states | s | processor s | executions/s | transitions/s | states/s |"
            + (jobs > 1 ? $" s, {jobs} threads | times as fast | processor s, {jobs} threads |" : ""));
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|" + (jobs > 1 ? "---:|---:|---:|" : ""));
        double logs = 0;
        double ratios = 0;
        foreach (string world in worlds)
        {
            (double Wall, double Busy) one = (double.MaxValue, double.MaxValue);
            (double Wall, double Busy) many = one;
            ExploreResult result = Explore(world, strategy, 1, ref one);
            one = many;
            for (int i = 0; i < rounds; i++)
            {
                result = Explore(world, strategy, 1, ref one);
                if (jobs > 1)
                {
                    Explore(world, strategy, jobs, ref many);
                }
            }

            double rate = strategy == Strategy.Dpor ? result.Executions / one.Busy : result.States / one.Busy;
            logs += Math.Log(rate);
            ratios += Math.Log(one.Wall / many.Wall);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {world} | {result.Executions:N0} | {result.Transitions:N0} | {result.States:N0} | {one.Wall:F3} | {one.Busy:F3} " +
                $"| {result.Executions / one.Busy:N0} | {result.Transitions / one.Busy:N0} | {result.States / one.Busy:N0} |") +
                (jobs > 1
                    ? string.Create(CultureInfo.InvariantCulture, $" {many.Wall:F3} | {one.Wall / many.Wall:F2} | {many.Busy:F3} |")
                    : ""));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"geometric mean: {Math.Exp(logs / worlds.Length):N0} {(strategy == Strategy.Dpor ? "executions" : "states")}/s") +
            (jobs > 1 ? string.Create(CultureInfo.InvariantCulture, $"; {Math.Exp(ratios / worlds.Length):F2} times as fast") : ""));
    }

    private static ExploreResult Explore(string text, Strategy strategy, int jobs, ref (double Wall, double Busy) best)
    {
        string[] words = text.Split(' ');
        Scenario scenario = Catalogue.Find(words[0]) ?? throw new ArgumentException($"no scenario {words[0]}", nameof(text));
        var values = words[1..].Select(word => word.Split('=')).ToDictionary(
            pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        World world = scenario.World(new WorldRequest(scenario.Fill(values), "b"));
        GC.Collect();
        TimeSpan busy = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        ExploreResult result = Explorer.Run(
            world, new ExploreOptions { Strategy = strategy, StopAtViolation = false, Jobs = jobs });
        double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        best = (Math.Min(best.Wall, wall), Math.Min(best.Busy, (Environment.CpuUsage.TotalTime - busy).TotalSeconds));
        return result;
    }
}
