using System.Collections.Immutable;

namespace Sim.Scenarios.Oracle;

/// <summary>One place where the recorded kernel and 2.6.32 differ: a row of <c>data/oracle/era-differences.tsv</c>.</summary>
/// <param name="Scenarios">Names; <c>*</c> at the end of one stands for any rest, alone for all.</param>
/// <param name="What">The line of the log as recorded, without the task, if it begins like one; else what is meant in words.</param>
/// <param name="Observed">What 6.18 does; for a line, its result.</param>
/// <param name="Linux2632">What 2.6.32 does; for a line, its result.</param>
/// <param name="Basis">How that is known: S source, T ptrace-tests, R recollection.</param>
/// <param name="Reason">Why, as far as it is known.</param>
public sealed record EraDifference(
    ImmutableArray<string> Scenarios, string What, string Observed, string Linux2632, string Basis, string Reason)
{
    /// <summary>Whether it is about a scenario.</summary>
    public bool AppliesTo(string scenario) => Scenarios.Any(name => name.EndsWith('*')
        ? scenario.StartsWith(name[..^1], StringComparison.Ordinal)
        : string.Equals(scenario, name, StringComparison.Ordinal));

    /// <summary>The text of a line of the log as 2.6.32 would have it; null if this is not about that line.</summary>
    /// <param name="text">Text of the event, without the task.</param>
    public string? Rewrite(string text)
        => string.Equals(text, $"{What} = {Observed}", StringComparison.Ordinal) ? $"{What} = {Linux2632}" : null;
}

/// <summary>Reads the table of era differences.</summary>
public static class EraDifferences
{
    private const int Columns = 6;

    /// <summary>Parses the table; the first line names the columns.</summary>
    /// <param name="text">The file's content.</param>
    /// <param name="file">Its name, for errors.</param>
    /// <exception cref="OracleFormatException">A row has not six columns.</exception>
    public static IReadOnlyList<EraDifference> Parse(string text, string file)
    {
        var differences = new List<EraDifference>();
        string[] lines = text.TrimEnd('\n').Split('\n');
        for (int i = 1; i < lines.Length; i++)
        {
            string[] cells = lines[i].TrimEnd('\r').Split('\t');
            if (cells.Length != Columns || cells.Any(string.IsNullOrWhiteSpace))
            {
                throw new OracleFormatException(file, i + 1, $"{Columns} columns expected", lines[i]);
            }

            differences.Add(new EraDifference([.. cells[0].Split(", ")], cells[1], cells[2], cells[3], cells[4], cells[5]));
        }

        return differences;
    }
}
