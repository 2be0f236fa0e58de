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
        Description = "not available yet",
        HelpName = "FILE",
        Hidden = true,
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
        if (parsed.GetValue(_checkpoint) is not null)
        {
            throw new UsageException("--checkpoint is not available yet");
        }

        bool isJson = parsed.GetValue(_json);
        using WholeFile? trace =
            parsed.GetValue(_trace) is { } path ? WholeFile.Open("--trace", path) : null;
        ExploreReport report = Explore(
            world, search, ProgressLine.Make(!isJson && !parsed.GetValue(_noProgress)));
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

    private static ExploreReport Explore(WorldChoice world, Search search, ProgressLine? line)
    {
        using var interruption = new Interruption();
        var ending = Ending.Own;
        var clock = Stopwatch.StartNew();
        ExploreOptions options = search.Options with
        {
            Memory = world.Memory,
            Without = world.Without,
            Stop = progress =>
            {
                line?.Show(progress);
                ending = interruption.IsRequested ? Ending.Interrupted
                    : search.Time is { } limit && clock.Elapsed >= limit ? Ending.Time
                    : Ending.Own;
                return ending != Ending.Own;
            },
        };
        ExploreResult result = Explorer.Run(world.World, options);
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
