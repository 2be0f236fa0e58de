using System.Collections.Concurrent;
using Sim.Scenarios.Museum;

namespace Sim.Unit.Scenarios;

/// <summary>Every exhibit tried once, for all tests that look at it.</summary>
internal static class MuseumTrials
{
    private static readonly ConcurrentDictionary<string, Lazy<Trial>> s_trials = new(StringComparer.Ordinal);

    internal static TheoryData<string> Names => [.. MuseumCatalogue.Exhibits.Select(exhibit => exhibit.Name)];

    internal static Trial Of(string name)
        => s_trials.GetOrAdd(name, key => new Lazy<Trial>(() => Trial.Of(MuseumCatalogue.Find(key)!, samples: 0))).Value;
}
