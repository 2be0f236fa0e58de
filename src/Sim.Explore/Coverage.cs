using Sim.Machine.Processors;
using Sim.Machine.Tracing;

namespace Sim.Explore;

/// <summary>
/// What an exploration exercised: which operations on which words, and which sites, and how often. One thread
/// notes; give it to <see cref="ExploreOptions.Coverage"/>.
/// </summary>
public sealed class Coverage
{
    private readonly Dictionary<(OpKind Kind, string? Object, string? Field), long> _operations = [];
    private readonly Dictionary<string, long> _sites = new(StringComparer.Ordinal);

    /// <summary>The operations, e.g. <c>store task.exit_state</c>, by name, each with how often it was performed.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Operations
        => Sorted(_operations.Select(pair => new KeyValuePair<string, long>(NameOf(pair.Key), pair.Value)));

    /// <summary>The sites that were passed, by name, each with how often.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Sites => Sorted(_sites);

    /// <summary>Notes an operation.</summary>
    internal void Note(TraceEvent item)
    {
        if (item.Note is not null)
        {
            return;
        }

        (OpKind, string?, string?) key = (item.Op.Kind, item.Op.Cell?.Owner.Kind, item.Op.Cell?.Field);
        _operations[key] = _operations.GetValueOrDefault(key) + 1;
        if (item.Site is { } site)
        {
            _sites[site.Name] = _sites.GetValueOrDefault(site.Name) + 1;
        }
    }

    private static string NameOf((OpKind Kind, string? Object, string? Field) key)
    {
        string kind = key.Kind.ToString().ToLowerInvariant();
        return key.Object is null ? kind : $"{kind} {key.Object}.{key.Field}";
    }

    private static List<KeyValuePair<string, long>> Sorted(IEnumerable<KeyValuePair<string, long>> counts)
        => [.. counts.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
}
