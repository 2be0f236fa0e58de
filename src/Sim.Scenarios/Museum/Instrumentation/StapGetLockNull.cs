namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>A look-up that fails.</summary>
internal static class StapGetLockNull
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-get-lock-null",
        Title = "an engine looks attached, and its task has no struct any more",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap 619f6940d (2020, PR26697); its error path forgot to leave the read section, d5c4be8aa",
        Actors = ["tracee", "controller"],
        Story = "A controller sees, without a lock, that its engine is attached. The dying task frees its struct and " +
            "takes it out of the table. The controller looks it up, gets NULL, and locks it.",
        Fix = "NULL means ESRCH.",
        Switch = "the look-up is not tested for NULL",
        Guarantee = "OOPS",
        HasUtrace = false,
        Build = StructTable.World(StructMistake.TrustsLookup),
    };
}
