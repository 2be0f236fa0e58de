using System.CommandLine;
using System.Diagnostics;
using Sim.Cli.Input;
using Sim.Cli.Output;
using Sim.Explore;

namespace Sim.Cli.Commands;

/// <summary><c>sim explore</c>: every schedule of a scenario, and what breaks.</summary>
internal sealed class ExploreCommand
{
    private readonly WorldOptions _world = new();
    private readonly SearchOptions _search = new();

    private readonly Option<string> _trace = new("--trace")
    {
        Description = "write the trace of the first violation, as JSON lines",
        HelpName = "FILE",
    };

    private readonly Option<string> _checkpoint = new("--checkpoint")
    {
        Description = "with dpor: keep the state of the search in a file, every few seconds and at the end",
        HelpName = "FILE",
    };

    private readonly Option<string> _resume = new("--resume")
    {
        Description = "with dpor: go on where a search of the same world left off",
        HelpName = "FILE",
    };

    private readonly Option<string> _events = new("--events")
    {
        Description = "write what happens meanwhile, as JSON lines: begin, progress with an estimate, checkpoint, end",
        HelpName = "FILE",
    };

    private readonly Option<bool> _coverage = new("--coverage")
    {
        Description = "also say which operations and sites were exercised, and which sites were not; on one thread",
    };

    private readonly Option<bool> _json = new("--json") { Description = "print one JSON object" };

    private readonly Option<bool> _noProgress = new("--no-progress")
    {
        Description = "no progress line (there is none anyway unless standard error is a terminal)",
    };

    internal ExploreCommand()
    {
        Command = new Command("explore", "explore every schedule; say which guarantee breaks");
        _world.AddTo(Command);
        _search.AddTo(Command);
        Command.Add(_trace);
        Command.Add(_checkpoint);
        Command.Add(_resume);
        Command.Add(_events);
        Command.Add(_coverage);
        Command.Add(_json);
        Command.Add(_noProgress);
        Command.SetAction(Run);
    }

    /// <summary>The command, for the grammar.</summary>
    internal Command Command { get; }

    private int Run(ParseResult parsed)
    {
        WorldChoice world = _world.Read(parsed);
        Search search = _search.Read(parsed);
        SearchState? resume = ReadResume(parsed, world, search);
        CheckpointFile? checkpoint = parsed.GetValue(_checkpoint) is { } kept
            ? CheckpointFile.Open(kept, world)
            : null;
        bool isJson = parsed.GetValue(_json);
        using WholeFile? trace =
            parsed.GetValue(_trace) is { } path ? WholeFile.Open("--trace", path) : null;
        using EventFile? events = parsed.GetValue(_events) is { } told ? EventFile.Open(told) : null;
        ExploreReport report = Explore(
            world,
            search with
            {
                Options = search.Options with
                {
                    Resume = resume,
                    Coverage = parsed.GetValue(_coverage) ? new Coverage() : null,
                },
            },
            checkpoint,
            ProgressLine.Make(!isJson && !parsed.GetValue(_noProgress)),
            events);
        events?.End(report);
        Console.Out.Write(isJson ? report.ToJson() + "\n" : report.ToText());
        if (report.Violations.Count > 0)
        {
            trace?.Write(TraceWriter.Lines(report.Violations[0]));
        }
        else if (trace is not null)
        {
            Console.Error.WriteLine("sim: --trace: nothing broke, so no trace was written");
        }

        return report.ExitStatus;
    }

    private SearchState? ReadResume(ParseResult parsed, WorldChoice world, Search search)
    {
        if (search.Options.Strategy != Strategy.Dpor)
        {
            string? option = parsed.GetValue(_checkpoint) is not null ? "--checkpoint"
                : parsed.GetValue(_resume) is not null ? "--resume"
                : null;
            if (option is not null)
            {
                throw new UsageException(
                    $"{option} needs --strategy dpor; it means nothing with {Names.Of(search.Options.Strategy)}");
            }
        }

        return parsed.GetValue(_resume) is { } path ? CheckpointFile.Read(path, world) : null;
    }

    private static ExploreResult Run(WorldChoice world, ExploreOptions options)
    {
        try
        {
            return Explorer.Run(world.World, options);
        }
        catch (ForeignStateException foreign)
        {
            throw new UsageException($"--resume: this checkpoint does not fit: {foreign.Message}");
        }
    }

    private static ExploreReport Explore(
        WorldChoice world, Search search, CheckpointFile? checkpoint, ProgressLine? line, EventFile? events)
    {
        using var interruption = new Interruption();
        var ending = Ending.Own;
        var clock = Stopwatch.StartNew();
        ExploreOptions options = search.Options with
        {
            Memory = world.Memory,
            Without = world.Without,
            WantsCheckpoint = checkpoint is null ? null : () => checkpoint.IsDue,
            Checkpoint = checkpoint is null ? null : state =>
            {
                checkpoint.Write(state);
                events?.Checkpoint(state);
            },
            Estimates = line is not null || events is not null,
            Stop = progress =>
            {
                line?.Show(progress);
                events?.Progress(progress);
                ending = interruption.IsRequested ? Ending.Interrupted
                    : search.Time is { } limit && clock.Elapsed >= limit ? Ending.Time
                    : Ending.Own;
                return ending != Ending.Own;
            },
        };
        if (line is not null)
        {
            line.Before = search.Options.Resume?.Executions ?? 0;
        }

        events?.Begin(world, search);
        ExploreResult result = Run(world, options);
        TimeSpan elapsed = clock.Elapsed;
        line?.Clear();
        return new ExploreReport
        {
            World = world,
            Search = search,
            Result = result,
            Violations =
            [
                .. result.Findings
                    .Select(finding => interruption.IsRequested
                        ? finding
                        : Minimiser.Minimise(world.World, options, finding))
                    .Select(finding => Violated.Of(world, finding.Schedule)),
            ],
            Ending = ending,
            Elapsed = elapsed,
        };
    }
}
