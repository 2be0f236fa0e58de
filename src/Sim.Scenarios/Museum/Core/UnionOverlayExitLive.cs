namespace Sim.Scenarios.Museum.Core;

/// <summary>One word with two meanings.</summary>
internal static class UnionOverlayExitLive
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "union-overlay-exit-live",
        Title = "exit flags and a pending signal share a word, and one is taken for the other",
        Group = ExhibitGroup.UtraceCore,
        Source = "the utrace for 2.6.18 (2006) against 2.6.20 and RHEL 5, 2.6.18-53, whose tests look at exit_state " +
            "first",
        Actors = ["tracee", "tracer"],
        Story = "A union holds the signal being reported while the task lives, and exit flags afterwards. The dying " +
            "task notes its death report there. The tracer, removing the last engine, reads the same word as a " +
            "signal, believes that somebody is still at work, and leaves the struct to him. Nobody is: it is " +
            "never freed.",
        Fix = "exit_state decides how the word is read.",
        Switch = "the word is read without a look at exit_state (a model of the old lifetime)",
        Guarantee = "LEAK",
        HasUtrace = false,
        Build = (machine, request) => OldLifetime.Dying(
            machine, Museum.Exhibit.IsFaulty(request) ? OldMistake.ReadsOverlay : OldMistake.None),
    };
}
