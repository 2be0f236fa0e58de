using Sim.Explore.Litmus;
using Sim.Explore.Litmus.Parsing;
using Sim.Explore.Litmus.Programs;
using Sim.Unit.Repository;

namespace Sim.Unit.Litmus;

/// <summary>A row of a collection of litmus tests with verdicts.</summary>
/// <param name="File">The test.</param>
/// <param name="Memory">The model.</param>
/// <param name="Expected">The verdict, and the final states where they are known.</param>
/// <param name="Executions">How many executions the model allows, or null.</param>
internal sealed record CollectionRow(string File, LitmusMemory Memory, Expected Expected, long? Executions);

/// <summary>The collections that the engines are held against: the one of the repository, and another one if the environment names it.</summary>
internal static class LitmusCollection
{
    /// <summary>Folders of the collections.</summary>
    internal static IEnumerable<string> Folders
    {
        get
        {
            yield return Checkout.File("data/litmus");
            if (Environment.GetEnvironmentVariable("SIM_LITMUS") is { Length: > 0 } other)
            {
                yield return other;
            }
        }
    }

    /// <summary>All rows of all collections.</summary>
    internal static List<CollectionRow> Rows() => [.. Folders.SelectMany(RowsOf)];

    /// <summary>The test of a file.</summary>
    internal static LitmusTest Read(string file) => LitmusParser.Parse(File.ReadAllText(file), file);

    /// <summary>Checks every row with as many threads as there are processors; answers what is wrong.</summary>
    internal static string[] Check(IEnumerable<CollectionRow> rows, Func<CollectionRow, LitmusTest, string?> check)
        => [.. rows.AsParallel().AsOrdered()
            .Select(row => check(row, Read(row.File)) is { } wrong ? $"{row.File} under {row.Memory}: {wrong}" : null)
            .OfType<string>()];

    /// <summary>What is wrong with a result, or null.</summary>
    internal static string? Difference(CollectionRow row, LitmusResult result)
        => !result.Complete ? "not complete"
            : row.Expected.Fits(result) ? null
            : $"expected {row.Expected.Verdict}, found {result.Observation}: {string.Join(" | ", result.Outcomes.Select(o => o.State))}";

    private static IEnumerable<CollectionRow> RowsOf(string folder)
    {
        string[] table = File.ReadAllLines(Path.Combine(folder, "index.tsv"));
        var index = VerdictIndex.Read(table, File.ReadLines(Path.Combine(folder, "states.jsonl")));
        foreach (string line in table.Skip(1))
        {
            string[] fields = line.Split('\t');
            LitmusMemory memory = Enum.Parse<LitmusMemory>(fields[2], ignoreCase: true);
            yield return new CollectionRow(
                Path.Combine(folder, fields[0]),
                memory,
                index.Find(fields[0], memory)!,
                fields[7].Length > 0 ? long.Parse(fields[7], System.Globalization.CultureInfo.InvariantCulture) : null);
        }
    }
}
