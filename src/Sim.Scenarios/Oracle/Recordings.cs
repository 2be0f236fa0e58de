namespace Sim.Scenarios.Oracle;

/// <summary>The recordings and the era differences that come with Sim: the files of <c>data/oracle</c>, carried by this assembly.</summary>
public static class Recordings
{
    private const string Prefix = "oracle/recordings/";

    /// <summary>All names, sorted.</summary>
    public static IEnumerable<string> Names()
        => typeof(Recordings).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^".txt".Length])
            .Order(StringComparer.Ordinal);

    /// <summary>The text of a recording; null if there is none with this name.</summary>
    public static string? Text(string name) => Resource($"{Prefix}{name}.txt");

    /// <summary>A recording; null if there is none with this name.</summary>
    /// <exception cref="OracleFormatException">It is not understood.</exception>
    public static Recording? Read(string name)
        => Text(name) is string text ? RecordingParser.Parse(text, name + ".txt") : null;

    /// <summary>Where the recorded kernel and 2.6.32 differ.</summary>
    public static IReadOnlyList<EraDifference> Differences()
    {
        const string file = "era-differences.tsv";
        return EraDifferences.Parse(Resource("oracle/" + file) ?? "", file);
    }

    private static string? Resource(string name)
    {
        using Stream? stream = typeof(Recordings).Assembly.GetManifestResourceStream(name);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
