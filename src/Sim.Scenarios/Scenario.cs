using Sim.Explore;
using Sim.Machine;
using Sim.Machine.Memory;

namespace Sim.Scenarios;

/// <summary>A parameter of a scenario: a whole number with a range.</summary>
/// <param name="Name">As given to <c>--set</c>.</param>
/// <param name="Default">The value when it is not set.</param>
/// <param name="Least">Smallest allowed value.</param>
/// <param name="Most">Largest allowed value.</param>
/// <param name="Meaning">One line.</param>
public sealed record Parameter(string Name, int Default, int Least, int Most, string Meaning);

/// <summary>The values of a scenario's parameters, in the order of declaration.</summary>
public sealed class ParameterValues(IReadOnlyDictionary<string, int> values)
{
    /// <summary>The value of a declared parameter.</summary>
    public int this[string name] => values[name];

    /// <summary>All values, sorted by name.</summary>
    public IEnumerable<KeyValuePair<string, int>> Sorted
        => values.OrderBy(pair => pair.Key, StringComparer.Ordinal);
}

/// <summary>What a scenario is asked to build.</summary>
/// <param name="Values">Its parameters.</param>
/// <param name="Variant">The version of the utrace algorithm, by its letter or name in lower case.</param>
public sealed record WorldRequest(ParameterValues Values, string Variant)
{
    /// <summary>
    /// Is told at the end of an execution what it came to, by scenarios that have words for it; searches on several
    /// threads call it at any time. Null when nobody asks.
    /// </summary>
    public Action<string>? Outcome { get; init; }
}

/// <summary>A world worth exploring, with a name.</summary>
public sealed record Scenario
{
    /// <summary>As given to <c>sim explore</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One line for <c>sim list scenarios</c>.</summary>
    public required string Summary { get; init; }

    /// <summary>What can be set.</summary>
    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    /// <summary>The guarantees that its monitors watch.</summary>
    public IReadOnlyList<string> Guarantees { get; init; } = [];

    /// <summary>The sites of its own program that may be taken away, besides those of the kernel.</summary>
    public IReadOnlyList<Site> Sites { get; init; } = [];

    /// <summary>Whether the world has a utrace in it, so that a variant can be chosen.</summary>
    public bool HasUtrace { get; init; } = true;

    /// <summary>The memory model when none is asked for.</summary>
    public MemoryModel Memory { get; init; } = MemoryModel.Sc;

    /// <summary>The version of utrace when none is asked for; null for the reference.</summary>
    public string? Variant { get; init; }

    /// <summary>The sites that are away in the world itself, besides those that are taken away by name.</summary>
    public Func<ParameterValues, IReadOnlyList<Site>> Removed { get; init; } = _ => [];

    /// <summary>Makes the world on a machine.</summary>
    public required Func<SimMachine, WorldRequest, Action?> Build { get; init; }

    /// <summary>The scenario with its parameters filled in.</summary>
    public World World(WorldRequest request) => machine => Build(machine, request);

    /// <summary>The default values, with some set.</summary>
    public ParameterValues Fill(IReadOnlyDictionary<string, int> set)
        => new(Parameters.ToDictionary(
            parameter => parameter.Name,
            parameter => set.TryGetValue(parameter.Name, out int value) ? value : parameter.Default,
            StringComparer.Ordinal));
}
