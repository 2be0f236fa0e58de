using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading;
using Sim.Explore.Litmus;

namespace Sim.Cli.Input;

/// <summary>The tables of expected verdicts: the one that was named, or the nearest above each test.</summary>
internal sealed class LitmusIndexes
{
    private const string IndexName = "index.tsv";
    private const string StatesName = "states.jsonl";

    private readonly (string Folder, VerdictIndex Index)? _named;
    private readonly ConcurrentDictionary<string, Lazy<VerdictIndex?>> _found = new(StringComparer.Ordinal);

    internal LitmusIndexes(string? named)
    {
        if (named is not null)
        {
            VerdictIndex index = Read(named, isNamed: true)
                ?? throw new UsageException($"--index: {Quoted.Of(named)} does not begin with 'file, arch, model, verdict'");
            _named = (Path.GetDirectoryName(Path.GetFullPath(named))!, index);
        }
    }

    /// <summary>What is expected of a test, or null.</summary>
    internal Expected? Find(string file, LitmusMemory memory)
    {
        string full = Path.GetFullPath(file);
        if (_named is { } named)
        {
            return named.Index.Find(Relative(named.Folder, full), memory);
        }

        for (string? folder = Path.GetDirectoryName(full); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (_found.GetOrAdd(folder, InFolder).Value is { } index)
            {
                return index.Find(Relative(folder, full), memory);
            }
        }

        return null;
    }

    private static Lazy<VerdictIndex?> InFolder(string folder) => new(
        () => File.Exists(Path.Combine(folder, IndexName)) ? Read(Path.Combine(folder, IndexName), isNamed: false) : null,
        LazyThreadSafetyMode.ExecutionAndPublication);

    private static string Relative(string folder, string file)
        => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>Reads a table and the states beside it; null when it is a table of something else.</summary>
    private static VerdictIndex? Read(string path, bool isNamed)
    {
        try
        {
            string[] table = File.ReadAllLines(path);
            string states = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, StatesName);
            return table.Length > 0 && table[0].StartsWith(VerdictIndex.Head, StringComparison.Ordinal)
                ? VerdictIndex.Read(table, File.Exists(states) ? File.ReadLines(states) : [])
                : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException or JsonException)
        {
            return isNamed
                ? throw new UsageException($"--index: cannot read {Quoted.Of(path)}: {fault.Message.ReplaceLineEndings(" ")}")
                : null;
        }
    }
}
