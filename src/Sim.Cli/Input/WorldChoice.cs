using Sim.Cli.Output;
using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Scenarios;
using Sim.Scenarios.Museum;

namespace Sim.Cli.Input;

/// <summary>A world that was asked for by name, every name found and every value in its range.</summary>
internal sealed record WorldChoice
{
    /// <summary>The scenario.</summary>
    internal required Scenario Scenario { get; init; }

    /// <summary>All its parameters.</summary>
    internal required ParameterValues Values { get; init; }

    /// <summary>How memory behaves.</summary>
    internal required MemoryModel Memory { get; init; }

    /// <summary>The version of the utrace algorithm.</summary>
    internal required string Variant { get; init; }

    /// <summary>The sites that are taken away, sorted by name.</summary>
    internal required IReadOnlyList<Site> Without { get; init; }

    /// <summary>What executions came to, if the scenario has words for it.</summary>
    internal Outcomes Outcomes { get; } = new();

    /// <summary>Makes the world.</summary>
    internal World World => Scenario.World(new WorldRequest(Values, Variant) { Outcome = Outcomes.Add });

    /// <summary>Finds what the names mean.</summary>
    /// <param name="scenario">Name of a scenario.</param>
    /// <param name="set">Assignments, NAME=VALUE.</param>
    /// <param name="memory">Name of a memory model; null for the scenario's own.</param>
    /// <param name="variant">Name of a variant; null for the reference.</param>
    /// <param name="without">Names of sites.</param>
    internal static WorldChoice Resolve(
        string scenario, IEnumerable<string> set, string? memory, string? variant, IEnumerable<string> without)
    {
        Scenario found = Catalogue.Find(scenario) ?? throw new UsageException(
            $"unknown scenario {Quoted.Of(scenario)}" + Nearest.Hint(
                scenario, [.. Catalogue.Scenarios.Concat(MuseumCatalogue.Scenarios).Select(known => known.Name)],
                    "sim list scenarios"));
        if (variant is not null && !found.HasUtrace)
        {
            throw new UsageException($"--variant: there is no utrace in scenario '{found.Name}'");
        }

        ParameterValues values = Assignments.Read(found, set);
        return new WorldChoice
        {
            Scenario = found,
            Values = values,
            Memory = memory is null ? found.Memory : Names.MemoryOf(memory),
            Variant = Names.VariantOf(variant ?? found.Variant ?? Names.ReferenceVariant),
            Without = [.. without.Distinct(StringComparer.Ordinal)
                .Select(name => SiteOf(found, name)).Union(found.Removed(values)).OrderBy(site => site.Name, StringComparer.Ordinal)],
        };
    }

    /// <summary>The world in a few words, e.g. <c>attach-vs-release attachers=2, tso, without X</c>.</summary>
    internal string Describe()
    {
        string values = string.Concat(Values.Sorted.Select(pair => $" {pair.Key}={pair.Value}"));
        string variant = Scenario.HasUtrace ? $", variant {Variant}" : "";
        string without = string.Concat(Without.Select(site => $", without {site.Name}"));
        return $"{Scenario.Name}{values}, {Names.Of(Memory)}{variant}{without}";
    }

    /// <summary>The sites that a scenario's world has.</summary>
    internal static IReadOnlyList<Site> SitesOf(Scenario scenario)
        => scenario.HasUtrace ? [.. scenario.Sites, .. Catalogue.Sites] : scenario.Sites;

    private static Site SiteOf(Scenario scenario, string name)
    {
        IReadOnlyList<Site> sites = SitesOf(scenario);
        if (sites.FirstOrDefault(site => string.Equals(site.Name, name, StringComparison.Ordinal)) is { } found)
        {
            return found;
        }

        string hint = Nearest.Hint(name, [.. sites.Select(site => site.Name)], "sim list sites");
        bool isElsewhere = Catalogue.Sites.Concat(Catalogue.Scenarios.SelectMany(other => other.Sites))
            .Any(site => string.Equals(site.Name, name, StringComparison.Ordinal));
        throw new UsageException(isElsewhere
            ? $"--without: scenario '{scenario.Name}' has no site {Quoted.Of(name)}{hint}"
            : $"--without: unknown site {Quoted.Of(name)}{hint}");
    }
}
