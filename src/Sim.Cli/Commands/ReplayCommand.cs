using System.CommandLine;
using Sim.Cli.Input;
using Sim.Cli.Output;

namespace Sim.Cli.Commands;

/// <summary><c>sim replay</c>: one schedule again, in the words in which it was first shown.</summary>
internal sealed class ReplayCommand
{
    private readonly Argument<string> _what = new("TOKEN|FILE")
    {
        Description = "a token that 'sim explore' printed, or a trace file that it wrote",
    };

    private readonly Option<string> _trace = new("--trace")
    {
        Description = "write the trace, as JSON lines",
        HelpName = "FILE",
    };

    private readonly Option<bool> _json = new("--json") { Description = "print one JSON object" };

    internal ReplayCommand()
    {
        Command = new Command("replay", "re-run one schedule") { _what, _trace, _json };
        Command.SetAction(Run);
    }

    /// <summary>The command, for the grammar.</summary>
    internal Command Command { get; }

    private int Run(ParseResult parsed)
    {
        string what = parsed.GetRequiredValue(_what);
        ParseErrors.RefuseOption(parsed, what);
        string token = File.Exists(what) ? TraceReader.TokenOf(what) : what;
        bool isPath = token.Contains('/', StringComparison.Ordinal) && !token.Contains(':', StringComparison.Ordinal);
        if (Directory.Exists(token))
        {
            throw new UsageException($"{Quoted.Of(token)} is a folder, not a trace");
        }

        if (isPath)
        {
            throw new UsageException($"there is no file {Quoted.Of(token)}");
        }

        using WholeFile? file =
            parsed.GetValue(_trace) is { } path ? WholeFile.Open("--trace", path) : null;
        var violated = Violated.Of(token);
        file?.Write(TraceWriter.Lines(violated));
        Console.Out.Write(parsed.GetValue(_json) ? ToJson(violated) + "\n" : violated.Text());
        return violated.Violation is null ? ExitStatus.Clean : ExitStatus.Violation;
    }

    private static string ToJson(Violated violated) => JsonLine.Of(json =>
    {
        WorldJson.Write(json, violated.World);
        json.WriteStartArray("violations");
        if (violated.Violation is not null)
        {
            WorldJson.Write(json, violated);
        }

        json.WriteEndArray();
    });
}
