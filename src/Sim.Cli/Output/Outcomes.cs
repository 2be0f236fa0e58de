using System.Collections.Concurrent;

namespace Sim.Cli.Output;

/// <summary>What the executions of a world came to, each once; searches on several threads may add.</summary>
internal sealed class Outcomes
{
    private readonly ConcurrentDictionary<string, bool> _texts = new(StringComparer.Ordinal);

    /// <summary>All that were added, sorted.</summary>
    internal IReadOnlyList<string> Texts => [.. _texts.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Adds one, if it is not there yet.</summary>
    internal void Add(string text) => _texts[text] = true;
}
