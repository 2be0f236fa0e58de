using Sim.Machine;
using Sim.Scenarios.Life;
using Sim.Scenarios.Races;

namespace Sim.Scenarios.Museum;

/// <summary>A world that has a name already, with some of its parameters set.</summary>
internal static class KnownWorld
{
    /// <summary>The world of a race scenario.</summary>
    internal static Func<SimMachine, WorldRequest, Action?> Race(string name, params (string Name, int Value)[] set)
        => (machine, request) => Make(RaceCatalogue.Scenarios, name, set, machine, request);

    /// <summary>The world of a kernel scenario.</summary>
    internal static Func<SimMachine, WorldRequest, Action?> Life(string name, params (string Name, int Value)[] set)
        => (machine, request) => Make(LifeCatalogue.Scenarios, name, set, machine, request);

    private static Action? Make(
        IReadOnlyList<Scenario> scenarios,
        string name,
        (string Name, int Value)[] set,
        SimMachine machine,
        WorldRequest request)
    {
        Scenario scenario = scenarios.First(each => string.Equals(each.Name, name, StringComparison.Ordinal));
        ParameterValues values = scenario.Fill(set.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal));
        return scenario.Build(machine, request with { Values = values });
    }
}
