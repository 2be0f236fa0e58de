using System.Text.Json;

namespace Sim.Explore.Litmus;

/// <summary>What is known about a test under a model.</summary>
/// <param name="Verdict">How often its condition holds.</param>
/// <param name="States">Its final states, or null when they are not known.</param>
public sealed record Expected(Observation Verdict, IReadOnlySet<string>? States)
{
    /// <summary>Whether a result is as expected.</summary>
    public bool Fits(LitmusResult result)
        => result.Observation == Verdict &&
            (States is null || States.SetEquals(result.Outcomes.Select(outcome => VerdictIndex.Normal(outcome.State))));
}

/// <summary>Verdicts of another tool, by file and model: a table with tabs, and final states as JSON lines.</summary>
public sealed class VerdictIndex
{
    private readonly Dictionary<(string File, LitmusMemory Memory), Expected> _rows = [];

    /// <summary>How the table begins.</summary>
    public static string Head => "file\tarch\tmodel\tverdict";

    /// <summary>Reads a table.</summary>
    /// <param name="table">Its lines, the head included.</param>
    /// <param name="states">An object per line with file, model and states; may be empty.</param>
    /// <exception cref="FormatException">A line is not of the table; names its number.</exception>
    public static VerdictIndex Read(IEnumerable<string> table, IEnumerable<string> states)
    {
        Dictionary<(string File, string Model), IReadOnlySet<string>> known = ReadStates(states);
        var index = new VerdictIndex();
        int line = 0;
        foreach (string text in table)
        {
            line++;
            if (line == 1 || text.Length == 0)
            {
                continue;
            }

            string[] fields = text.Split('\t');
            if (fields.Length < 4 || !Enum.TryParse(fields[3], out Observation verdict) ||
                !Enum.TryParse(fields[2], ignoreCase: true, out LitmusMemory memory))
            {
                throw new FormatException($"line {line} is not 'file, architecture, model, verdict' with tabs between");
            }

            index._rows[(fields[0], memory)] = new Expected(
                verdict, known.TryGetValue((fields[0], fields[2]), out IReadOnlySet<string>? reached) ? reached : null);
        }

        return index;
    }

    /// <summary>What is expected of a test, or null.</summary>
    /// <param name="file">As the table names it.</param>
    /// <param name="memory">The model.</param>
    public Expected? Find(string file, LitmusMemory memory) => _rows.GetValueOrDefault((file, memory));

    /// <summary>A state with its parts in order.</summary>
    public static string Normal(string state) => string.Join(
        ' ',
        state.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    private static Dictionary<(string File, string Model), IReadOnlySet<string>> ReadStates(IEnumerable<string> lines)
    {
        var known = new Dictionary<(string File, string Model), IReadOnlySet<string>>();
        foreach (string line in lines)
        {
            using var row = JsonDocument.Parse(line);
            JsonElement root = row.RootElement;
            if (root.TryGetProperty("states", out JsonElement states) && states.ValueKind == JsonValueKind.Array)
            {
                known[(root.GetProperty("file").GetString()!, root.GetProperty("model").GetString()!)] =
                    new HashSet<string>(states.EnumerateArray().Select(state => Normal(state.GetString()!)), StringComparer.Ordinal);
            }
        }

        return known;
    }
}
