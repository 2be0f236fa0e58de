using System.CommandLine;
using Sim.Cli.Input;
using Sim.Cli.Output;
using Sim.Scenarios.Oracle;
using Sim.Scenarios.Oracle.Running;

namespace Sim.Cli.Commands;

/// <summary><c>sim oracle</c>: holds the simulated kernel against recordings of a real one.</summary>
internal sealed class OracleCommand
{
    private const long DefaultExecutions = 200;

    private readonly Argument<string[]> _files = new("FILE|DIR")
    {
        Description = "recordings; without any, those that come with sim",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> _seed = new("--seed") { Description = "seed of the schedules", HelpName = "N" };

    private readonly Option<string> _executions = new("--executions")
    {
        Description = "random schedules of each recording, besides one with few switches; 200 by default",
        HelpName = "N",
    };

    private readonly Option<bool> _json = new("--json") { Description = "print one JSON object per recording, a line each" };

    internal OracleCommand()
    {
        Command = new Command("oracle", "compare with recordings of a real kernel")
        {
            _files, _seed, _executions, _json,
        };
        Command.SetAction(Run);
    }

    /// <summary>The command, for the grammar.</summary>
    internal Command Command { get; }

    private int Run(ParseResult parsed)
    {
        string[] arguments = parsed.GetValue(_files) ?? [];
        foreach (string argument in arguments)
        {
            ParseErrors.RefuseOption(parsed, argument);
        }

        ulong seed = Numbers.Seed("--seed", parsed.GetValue(_seed)) ?? 1;
        long executions = Numbers.Whole("--executions", parsed.GetValue(_executions), 1) ?? DefaultExecutions;

        // Bad input is found before anything is printed.
        IReadOnlyList<(string File, Recording Recording)> recordings = RecordingFiles.Read(arguments);
        IReadOnlyList<EraDifference> differences = Recordings.Differences();
        bool json = parsed.GetValue(_json);
        int differing = 0;
        foreach ((string file, Recording recording) in recordings)
        {
            RecordingResult result = RecordingCheck.Run(recording, differences, seed, executions);
            differing += result.Verdict == RecordingVerdict.Differs ? 1 : 0;
            Console.Out.Write(json ? OracleReport.Json(file, recording, result) : OracleReport.Text(recording, result));
        }

        return differing == 0 ? ExitStatus.Clean : ExitStatus.Violation;
    }
}
