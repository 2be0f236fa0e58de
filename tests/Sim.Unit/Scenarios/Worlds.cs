using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Scenarios;

namespace Sim.Unit.Scenarios;

/// <summary>Explores scenarios by name, as the command does.</summary>
internal static class Worlds
{
    internal static World Of(string scenario, string variant = "b", params (string Name, int Value)[] set)
    {
        Scenario found = Catalogue.Find(scenario)!;
        var values = set.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
        return found.World(new WorldRequest(found.Fill(values), variant));
    }

    /// <summary>Reads "name a=1 b=2".</summary>
    internal static World Parse(string text, string variant = "b")
    {
        string[] words = text.Split(' ');
        return Of(words[0], variant, [.. words[1..].Select(word => word.Split('=')).Select(
            pair => (pair[0], int.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture)))]);
    }

    internal static Site Site(string name)
        => Catalogue.Sites.First(site => string.Equals(site.Name, name, StringComparison.Ordinal));

    internal static ExploreOptions Options(MemoryModel memory, params string[] without)
        => new() { Memory = memory, Without = [.. without.Select(Site)] };
}
