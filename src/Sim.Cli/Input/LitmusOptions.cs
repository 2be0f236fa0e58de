using System.CommandLine;
using Sim.Explore;
using Sim.Explore.Litmus;

namespace Sim.Cli.Input;

/// <summary>What <c>sim litmus</c> was asked to do.</summary>
/// <param name="Paths">Files and folders.</param>
/// <param name="Memory">The model, or null for that of each test's architecture.</param>
/// <param name="IsAxiomatic">Which engine.</param>
/// <param name="Index">The table of expected verdicts, or null for the nearest.</param>
/// <param name="Search">How the operational engine explores.</param>
/// <param name="Time">The time limit, if there is one.</param>
/// <param name="Jobs">How many tests may run at once.</param>
/// <param name="IsJson">Whether a program reads the result.</param>
/// <param name="HasProgress">Whether a progress line is wanted.</param>
internal sealed record LitmusChoice(
    IReadOnlyList<string> Paths,
    LitmusMemory? Memory,
    bool IsAxiomatic,
    string? Index,
    ExploreOptions Search,
    TimeSpan? Time,
    int Jobs,
    bool IsJson,
    bool HasProgress);

/// <summary>The options of <c>sim litmus</c>.</summary>
internal sealed class LitmusOptions
{
    private readonly Argument<string[]> _paths = new("FILE|DIR")
    {
        Description = "litmus tests in a format of herd (C, X86, X86_64, PPC), or folders with some",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _memory = new("--memory")
    {
        Description = "memory model, in any case [default: lkmm for C, tso for X86 and X86_64, power for PPC]",
        HelpName = "sc|tso|power|lkmm",
    };

    private readonly Option<string> _engine = new("--engine")
    {
        Description = "the machine that runs kernel code, or axioms over executions [default: operational]",
        HelpName = "operational|axiomatic",
    };

    private readonly Option<string> _index = new("--index")
    {
        Description = "table of expected verdicts [default: the nearest index.tsv at or above a test]",
        HelpName = "FILE",
    };

    private readonly Option<string> _strategy = new("--strategy")
    {
        Description = "how the operational engine chooses schedules [default: dpor]",
        HelpName = "dpor|dfs|pct|random",
    };

    private readonly Option<string> _seed = new("--seed") { Description = "seed of pct and random [default: 1]", HelpName = "N" };

    private readonly Option<string> _executions = new("--executions")
    {
        Description = "most executions of a test in the operational engine",
        HelpName = "N",
    };

    private readonly Option<string> _time = new("--time") { Description = "time limit", HelpName = "SECONDS" };

    private readonly Option<string> _jobs = new("--jobs")
    {
        Description = "how many tests run at once [default: one per processor]",
        HelpName = "N",
    };

    private readonly Option<bool> _json = new("--json") { Description = "print one JSON object per test, a line each" };

    private readonly Option<bool> _noProgress = new("--no-progress")
    {
        Description = "no progress line (there is none anyway unless standard error is a terminal)",
    };

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_paths);
        foreach (Option option in (Option[])[_memory, _engine, _index, _strategy, _seed, _executions, _time, _jobs, _json, _noProgress])
        {
            command.Add(option);
        }
    }

    /// <summary>What was asked for.</summary>
    internal LitmusChoice Read(ParseResult parsed)
    {
        string[] paths = parsed.GetValue(_paths) ?? [];
        foreach (string path in paths)
        {
            ParseErrors.RefuseOption(parsed, path);
        }

        bool isAxiomatic = Names.IsAxiomatic(parsed.GetValue(_engine) ?? "operational");
        string? strategy = parsed.GetValue(_strategy);
        string? executions = parsed.GetValue(_executions);
        if (isAxiomatic && (strategy ?? executions) is not null)
        {
            throw new UsageException($"{(strategy is null ? "--executions" : "--strategy")} means nothing to the axiomatic engine");
        }

        bool isJson = parsed.GetValue(_json);
        return new LitmusChoice(
            paths,
            parsed.GetValue(_memory) is { } memory ? Names.LitmusMemoryOf(memory) : null,
            isAxiomatic,
            parsed.GetValue(_index),
            new ExploreOptions
            {
                Strategy = Names.StrategyOf(strategy ?? "dpor"),
                Seed = Numbers.Seed("--seed", parsed.GetValue(_seed)) ?? 1,
                Executions = Numbers.Whole("--executions", executions, 1),
            },
            Numbers.Seconds("--time", parsed.GetValue(_time)),
            (int)(Numbers.Whole("--jobs", parsed.GetValue(_jobs), 1, 1024) ?? Environment.ProcessorCount),
            isJson,
            !isJson && !parsed.GetValue(_noProgress));
    }
}
