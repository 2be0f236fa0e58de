using System.CommandLine;
using Sim.Explore;

namespace Sim.Cli.Input;

/// <summary>How schedules are searched for, and how far, as asked for.</summary>
/// <param name="Options">For the explorer, without the world.</param>
/// <param name="Time">The time limit, if there is one.</param>
internal sealed record Search(ExploreOptions Options, TimeSpan? Time);

/// <summary>The options that say how schedules are searched for, and how far.</summary>
internal sealed class SearchOptions
{
    private readonly Option<string> _strategy = new("--strategy")
    {
        Description = "how schedules are chosen [default: dpor]",
        HelpName = "dpor|dfs|pct|pos|random|portfolio|states|prefixes",
    };

    private readonly Option<string> _seed = new("--seed")
    {
        Description = "seed of the random strategies [default: 1]",
        HelpName = "N",
    };

    private readonly Option<string> _executions = new("--executions")
    {
        Description = "most executions [default: to the end; 10000 with random strategies, or until --time]",
        HelpName = "N",
    };

    private readonly Option<string> _time = new("--time")
    {
        Description = "time limit",
        HelpName = "SECONDS",
    };

    private readonly Option<string> _preemptions = new("--preemptions")
    {
        Description = "with dfs: only schedules with at most so many preemptions",
        HelpName = "N",
    };

    private readonly Option<string> _delays = new("--delays")
    {
        Description = "with dfs: only schedules in which at most so often a fiber that could run is passed over",
        HelpName = "N",
    };

    private readonly Option<string> _depth = new("--depth")
    {
        Description = "with pct: so many ordering constraints are aimed at [default: 3]",
        HelpName = "D",
    };

    private readonly Option<string> _jobs = new("--jobs")
    {
        Description = "with dpor: use so many threads; no result depends on it [default: 1]",
        HelpName = "N",
    };

    private readonly Option<bool> _all = new("--all")
    {
        Description = "go on after the first violation; show one of each guarantee",
    };

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_strategy);
        command.Add(_seed);
        command.Add(_executions);
        command.Add(_time);
        command.Add(_preemptions);
        command.Add(_delays);
        command.Add(_depth);
        command.Add(_jobs);
        command.Add(_all);
    }

    /// <summary>The search that was asked for.</summary>
    internal Search Read(ParseResult parsed)
    {
        Strategy strategy = Names.StrategyOf(parsed.GetValue(_strategy) ?? "dpor");
        ulong? seed = Numbers.Seed("--seed", parsed.GetValue(_seed));
        long? executions = Numbers.Whole("--executions", parsed.GetValue(_executions), 1);
        TimeSpan? time = Numbers.Seconds("--time", parsed.GetValue(_time));
        long? preemptions = Numbers.Whole("--preemptions", parsed.GetValue(_preemptions), 0, int.MaxValue);
        long? delays = Numbers.Whole("--delays", parsed.GetValue(_delays), 0, int.MaxValue);
        long? depth = Numbers.Whole("--depth", parsed.GetValue(_depth), 1, 1000);
        long? jobs = Numbers.Whole("--jobs", parsed.GetValue(_jobs), 1, 1024);
        RefuseUnless(strategy == Strategy.Dfs, preemptions, "--preemptions", "dfs", strategy);
        RefuseUnless(strategy == Strategy.Dfs, delays, "--delays", "dfs", strategy);
        RefuseUnless(strategy is Strategy.Pct or Strategy.Portfolio, depth, "--depth", "pct", strategy);
        if (preemptions is not null && delays is not null)
        {
            throw new UsageException("--preemptions and --delays are two bounds; one search has one");
        }

        if (executions is null && time is not null && Names.IsSampling(strategy))
        {
            executions = long.MaxValue;
        }

        var options = new ExploreOptions
        {
            Strategy = strategy,
            Executions = executions,
            Preemptions = (int?)preemptions,
            Delays = (int?)delays,
            Jobs = (int)(jobs ?? 1),
            StopAtViolation = !parsed.GetValue(_all),
        };
        return new Search(
            options with { Seed = seed ?? options.Seed, PctDepth = (int?)depth ?? options.PctDepth }, time);
    }

    private static void RefuseUnless(bool fits, long? value, string option, string wanted, Strategy strategy)
    {
        if (value is not null && !fits)
        {
            throw new UsageException(
                $"{option} needs --strategy {wanted}; it means nothing with {Names.Of(strategy)}");
        }
    }
}
