using System.Collections.Immutable;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Unit.Kernel.Behaviours;

/// <summary>
/// One thing that Linux does: a script in the language of the recordings, and the log that it must give under
/// every schedule.
/// </summary>
/// <param name="Name">The behaviour, as a sentence.</param>
/// <param name="Source">Who says so.</param>
/// <param name="Script">What the tasks do.</param>
/// <param name="Expected">The log, one blank behind the task.</param>
internal sealed record Behaviour(string Name, string Source, Script Script, ImmutableArray<string> Expected)
{
    private const string Mark = "== ";

    /// <summary>Reads a file of behaviours; its form is in README.md next to it.</summary>
    internal static IEnumerable<Behaviour> Read(string file)
    {
        string[] lines = File.ReadAllLines(file);
        for (int at = 0; at < lines.Length;)
        {
            if (lines[at].StartsWith(Mark, StringComparison.Ordinal))
            {
                yield return One(file, lines, ref at);
            }
            else if (lines[at].Length == 0 || lines[at][0] == '#')
            {
                at++;
            }
            else
            {
                throw new FormatException($"{file}:{at + 1}: '== NAME' expected: {lines[at]}");
            }
        }
    }

    private static Behaviour One(string file, string[] lines, ref int at)
    {
        string name = lines[at][Mark.Length..];
        int first = ++at;
        string source = Section(lines, ref at, "source: ") ?? throw Missing(file, at, "source");
        string main = Section(lines, ref at, "script: ") ?? throw Missing(file, at, "script");
        var programs = new List<(string, string)>();
        while (Section(lines, ref at, "program ") is string program)
        {
            int colon = program.IndexOf(": ", StringComparison.Ordinal);
            programs.Add((program[..colon], program[(colon + 2)..]));
        }

        var expected = ImmutableArray.CreateBuilder<string>();
        for (; at < lines.Length && lines[at].StartsWith("> ", StringComparison.Ordinal); at++)
        {
            expected.Add(lines[at][2..]);
        }

        return expected.Count > 0
            ? new Behaviour(name, source, Script.Parse(main, programs, file, first), expected.ToImmutable())
            : throw Missing(file, at, "a line of the log ('> ')");
    }

    /// <summary>A line that begins with a key, and the lines behind it that are set in.</summary>
    private static string? Section(string[] lines, ref int at, string key)
    {
        if (at >= lines.Length || !lines[at].StartsWith(key, StringComparison.Ordinal))
        {
            return null;
        }

        string text = lines[at++][key.Length..];
        for (; at < lines.Length && lines[at].StartsWith("  ", StringComparison.Ordinal); at++)
        {
            text += " " + lines[at].Trim();
        }

        return text;
    }

    private static FormatException Missing(string file, int at, string what) => new($"{file}:{at + 1}: {what} expected");
}
