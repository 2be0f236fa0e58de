using Sim.Machine;
using Sim.Scenarios.Life;

namespace Sim.Scenarios.Museum;

/// <summary>What holds in worlds of the museum and is no guarantee of utrace: promises of kernel, probes and programs.</summary>
public static class MuseumLaws
{
    /// <summary>H1.</summary>
    public static LifeLaw Steps { get; } = new("H1", "A task steps only while somebody wants it to.");

    /// <summary>H2.</summary>
    public static LifeLaw NoEmptySignal { get; } = new("H2", "A task is told of a pending signal only if there is one.");

    /// <summary>H3.</summary>
    public static LifeLaw ToldOnce { get; } = new("H3", "What happens once is reported once.");

    /// <summary>H4.</summary>
    public static LifeLaw KillKills { get; } = new("H4", "A fatal signal that was sent kills its process.");

    /// <summary>H5.</summary>
    public static LifeLaw InOrder { get; } = new("H5", "A probe is told of events in the order in which they happened.");

    /// <summary>H6.</summary>
    public static LifeLaw NothingForgotten { get; } = new("H6", "What was asked of a probe is done, and its books balance.");

    /// <summary>H7.</summary>
    public static LifeLaw Unnoticed { get; } = new("H7", "A program does the same with probes in it as without.");

    /// <summary>H8.</summary>
    public static LifeLaw StepsLead { get; } = new("H8", "A program that is stepped comes to its end.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<LifeLaw> List { get; } =
        [Steps, NoEmptySignal, ToldOnce, KillKills, InOrder, NothingForgotten, Unnoticed, StepsLead];

    /// <summary>Reports that a law does not hold.</summary>
    internal static void Break(this SimMachine machine, LifeLaw law, string but)
        => machine.Violate(law.Name, $"{law.Sentence} But {but}.");
}
