using Sim.Kernel;
using Sim.Machine;
using Sim.Machine.Memory;

namespace Sim.Scenarios.Museum;

/// <summary>
/// A mistake that shipped, put back: its story, the switch that makes it again, the smallest world that shows it, and
/// who must catch it. The fixed form is the same world without the switch.
/// </summary>
public sealed record Exhibit
{
    /// <summary>Its name; <c>sim explore museum/NAME</c> shows it.</summary>
    public required string Name { get; init; }

    /// <summary>The mistake in one line.</summary>
    public required string Title { get; init; }

    /// <summary>Where it was made.</summary>
    public required ExhibitGroup Group { get; init; }

    /// <summary>Where it is documented, and when it was there.</summary>
    public required string Source { get; init; }

    /// <summary>Who races, the traced task first.</summary>
    public required IReadOnlyList<string> Actors { get; init; }

    /// <summary>What went wrong, step by step.</summary>
    public required string Story { get; init; }

    /// <summary>What was done about it.</summary>
    public required string Fix { get; init; }

    /// <summary>What the switch changes here.</summary>
    public required string Switch { get; init; }

    /// <summary>The guarantee or sanitizer that must catch it; empty for a control, which nothing may catch.</summary>
    public required string Guarantee { get; init; }

    /// <summary>The weakest memory model that shows it.</summary>
    public MemoryModel Memory { get; init; } = MemoryModel.Sc;

    /// <summary>The sites that the switch takes away.</summary>
    public IReadOnlyList<Site> Without { get; init; } = [];

    /// <summary>The version of utrace with the mistake, of <c>HistoricVariants</c>; null when the switch is something else.</summary>
    public string? Historic { get; init; }

    /// <summary>The version of utrace around the mistake, unless another is asked for; null for the reference.</summary>
    public string? Variant { get; init; }

    /// <summary>Whether there is a utrace in the world.</summary>
    public bool HasUtrace { get; init; } = true;

    /// <summary>Makes the world; <see cref="IsFaulty"/> says in which form.</summary>
    public required Func<SimMachine, WorldRequest, Action?> Build { get; init; }

    /// <summary>Whether nothing may catch it: what was thought to be a mistake, and is none.</summary>
    public bool IsControl => Guarantee.Length == 0;

    /// <summary>Whether a world is asked for with the mistake in it.</summary>
    public static bool IsFaulty(WorldRequest request) => request.Values["fixed"] == 0;

    /// <summary>The exhibit as a scenario with one parameter: whether the mistake is fixed.</summary>
    public Scenario ToScenario() => new()
    {
        Name = $"museum/{Name}",
        Summary = Title,
        Parameters = [new Parameter("fixed", 0, 0, 1, "whether the mistake is fixed")],
        Guarantees = [Guarantee],
        Sites = HasUtrace ? [] : KernelSites.All,
        HasUtrace = HasUtrace,
        Memory = Memory,
        Variant = Variant,
        Removed = values => values["fixed"] == 0 ? Without : [],
        Build = (machine, request) => Build(machine, request with
        {
            Variant = IsFaulty(request) && Historic is not null ? Historic : request.Variant,
        }),
    };
}
