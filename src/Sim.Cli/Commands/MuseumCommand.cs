using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Sim.Cli.Input;
using Sim.Cli.Output;
using Sim.Scenarios.Museum;

namespace Sim.Cli.Commands;

/// <summary><c>sim museum</c>: every historic mistake, explored with it and without it, and what catches it.</summary>
internal sealed class MuseumCommand
{
    private const long Samples = 2_000;

    private readonly Argument<string[]> _names = new("NAME")
    {
        Description = "exhibits to explore [default: all]",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _json = new("--json") { Description = "print one JSON object per exhibit, a line each" };

    internal MuseumCommand()
    {
        Command = new Command("museum", "explore every historic mistake; print what catches it") { _names, _json };
        Command.SetAction(Run);
    }

    /// <summary>The command, for the grammar.</summary>
    internal Command Command { get; }

    private int Run(ParseResult parsed)
    {
        bool json = parsed.GetValue(_json);
        string[] names = parsed.GetValue(_names) ?? [];
        foreach (string name in names)
        {
            ParseErrors.RefuseOption(parsed, name);
        }

        IReadOnlyList<Exhibit> exhibits = names.Length == 0 ? MuseumCatalogue.Exhibits : [.. names.Select(Find)];
        if (!json)
        {
            Console.Out.WriteLine("| exhibit | verdict | caught by | memory | dpor | pct | random | steps | seconds |");
            Console.Out.WriteLine("|---|---|---|---|---|---|---|---|---|");
        }

        bool isWrong = false;
        var clock = Stopwatch.StartNew();
        int[] verdicts = new int[3];
        foreach (Exhibit exhibit in exhibits)
        {
            TimeSpan began = clock.Elapsed;
            var trial = Trial.Of(exhibit, Samples);
            var row = new MuseumRow(trial, clock.Elapsed - began);
            isWrong |= trial.Verdict == TrialVerdict.Missed;
            verdicts[(int)trial.Verdict]++;
            Console.Out.WriteLine(json ? JsonLine.Of(row.Write) : row.ToText());
        }

        if (names.Length == 0)
        {
            WriteAbsent(json);
        }

        if (!json)
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\n{verdicts[0]} caught, {verdicts[1]} missed, {verdicts[2]} controls clean, {clock.Elapsed.TotalSeconds:0.0} s"));
        }

        return isWrong ? ExitStatus.Violation : ExitStatus.Clean;
    }

    private static void WriteAbsent(bool json)
    {
        foreach (AbsentExhibit absent in MuseumCatalogue.Absent)
        {
            string verdict = absent.NeedsPtrace ? "needs ptrace" : "not implemented";
            Console.Out.WriteLine(json
                ? JsonLine.Of(writer => MuseumRow.WriteAbsent(writer, absent, verdict))
                : $"| {absent.Name} | {verdict} | {absent.Why} | | | | | | |");
        }
    }

    private static Exhibit Find(string name)
        => MuseumCatalogue.Find(name) ?? throw new UsageException(
            $"unknown exhibit {Quoted.Of(name)}" +
                Nearest.Hint(name, [.. MuseumCatalogue.Exhibits.Select(exhibit => exhibit.Name)], "sim museum"));
}
