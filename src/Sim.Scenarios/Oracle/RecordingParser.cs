using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Sim.Scenarios.Oracle.Logs;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Scenarios.Oracle;

/// <summary>Reads one file of recordings. The grammar is in <c>data/oracle/README.md</c>.</summary>
public sealed partial class RecordingParser
{
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    private readonly string _file;
    private readonly string[] _lines;
    private readonly Dictionary<string, SourceText> _sections = new(StringComparer.Ordinal);
    private readonly List<(string Name, SourceText Text)> _programs = [];
    private readonly List<SourceText> _asm = [];
    private int _at;

    private RecordingParser(string text, string file)
    {
        _file = file;
        _lines = text.TrimEnd('\n').Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
    }

    /// <summary>Parses a recording.</summary>
    /// <param name="text">The file's content.</param>
    /// <param name="file">Its name, for errors.</param>
    /// <returns>The recording; printing its events gives the text again.</returns>
    /// <exception cref="OracleFormatException">Some of it is not understood; nothing is skipped.</exception>
    public static Recording Parse(string text, string file) => new RecordingParser(text, file).Parse();

    private Recording Parse()
    {
        Header();
        Script script = ScriptParser.Parse(Section("script"), _programs, _asm);
        Match result = Matched(Result(), "result");
        bool deterministic = result.Groups["kind"].Value is "deterministic";
        int count = Number(result, "count");
        int runs = Number(result, "runs");
        ImmutableArray<Tally> tallies = Tallies(result);
        var recording = new Recording
        {
            Name = Section("scenario").Text,
            Group = Section("group").Text,
            Kernel = Section("kernel").Text,
            IsDeterministic = deterministic,
            Runs = runs,
            Tallies = tallies,
            Setup = Section("setup/steps").Text,
            EraNote = Section("era").Text,
            Script = script,
            Outcomes = Outcomes(script, runs, tallies),
        };
        return recording.Outcomes.Length == count
            ? recording
            : throw Error(_lines.Length, $"{count} outcomes announced", $"{recording.Outcomes.Length} found");
    }

    /// <summary>Lines up to the first event; a line that starts no section continues the last one.</summary>
    private void Header()
    {
        SourceText? current = null;
        for (; _at < _lines.Length && _lines[_at].StartsWith("# ", StringComparison.Ordinal); _at++)
        {
            // A remark at the head of a log is set in as far as the tasks' lines.
            if (_sections.ContainsKey("era") && Remark().IsMatch(_lines[_at]))
            {
                break;
            }

            Match key = Key().Match(_lines[_at]);
            if (key.Success)
            {
                current = Started(key);
                current.Append(key.Groups["text"].Value, _at + 1);
            }
            else
            {
                (current ?? throw Error(_at + 1, "unknown header", _lines[_at])).Append(_lines[_at][2..].Trim(), _at + 1);
            }
        }
    }

    private SourceText Started(Match key)
    {
        var section = new SourceText(_file);
        string name = key.Groups["key"].Value.Split(' ')[0];
        if (name is "program")
        {
            _programs.Add((key.Groups["program"].Value, section));
        }
        else if (name is "asm")
        {
            _asm.Add(section);
        }
        else if (!_sections.TryAdd(name, section))
        {
            throw Error(_at + 1, "a header is given twice", key.Value);
        }

        return section;
    }

    private ImmutableArray<Outcome> Outcomes(Script script, int runs, ImmutableArray<Tally> tallies)
    {
        var outcomes = ImmutableArray.CreateBuilder<Outcome>();
        if (_at >= _lines.Length || !_lines[_at].StartsWith("##", StringComparison.Ordinal))
        {
            outcomes.Add(new Outcome { Number = 1, Seen = runs, Tallies = tallies, Events = Events(script) });
        }

        while (_at < _lines.Length)
        {
            Match head = OutcomeHead().Match(_lines[_at]);
            if (!head.Success)
            {
                throw Error(_at + 1, "unknown line", _lines[_at]);
            }

            _at++;
            outcomes.Add(new Outcome
            {
                Number = Number(head, "number"),
                Seen = Number(head, "seen"),
                Tallies = Tallies(head),
                Events = Events(script),
            });
        }

        return outcomes.ToImmutable();
    }

    private ImmutableArray<LogEvent> Events(Script script)
    {
        var events = ImmutableArray.CreateBuilder<LogEvent>();
        for (; _at < _lines.Length && !_lines[_at].StartsWith("##", StringComparison.Ordinal); _at++)
        {
            events.Add(LogParser.Parse(_lines[_at], script.LogFormats) ?? throw Error(_at + 1, "unknown event", _lines[_at]));
        }

        return events.ToImmutable();
    }

    private SourceText Section(string name)
        => _sections.TryGetValue(name, out SourceText? section) ? section : throw Error(1, "a header is missing", name);

    private Match Matched(Regex form, string section)
    {
        SourceText source = Section(section);
        Match match = form.Match(source.Text);
        return match.Success ? match : throw Error(source.LineOf(0), $"unknown {section}", source.Text);
    }

    private static int Number(Match match, string group)
        => int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    private static ImmutableArray<Tally> Tallies(Match match)
    {
        var tallies = ImmutableArray.CreateBuilder<Tally>();
        foreach (string tally in match.Groups["tallies"].Value.Split(", "))
        {
            int gap = tally.LastIndexOf(' ');
            tallies.Add(new Tally(tally[..gap], int.Parse(tally.AsSpan(gap + 1), NumberStyles.None, CultureInfo.InvariantCulture)));
        }

        return tallies.ToImmutable();
    }

    private OracleFormatException Error(int line, string problem, string text) => new(_file, line, problem, text);

    [GeneratedRegex(@"^# (?<key>scenario|group|kernel|result|setup/steps|script|program (?<program>\w+)|asm|era \([^)]*\) note):( (?<text>.*))?$", Options, 1000)]
    private static partial Regex Key();

    [GeneratedRegex(@"^#   \S", Options, 1000)]
    private static partial Regex Remark();

    [GeneratedRegex(@"^(?<kind>deterministic|schedule-dependent), (?<count>\d+) outcome\(s\) in (?<runs>\d+) runs \((?<tallies>\S+ \d+(, \S+ \d+)*)\)$", Options, 1000)]
    private static partial Regex Result();

    [GeneratedRegex(@"^## outcome (?<number>\d+) of \d+: seen (?<seen>\d+)/\d+ \((?<tallies>\S+ \d+(, \S+ \d+)*)\)$", Options, 1000)]
    private static partial Regex OutcomeHead();
}
