namespace Sim.Scenarios.Museum.Core;

/// <summary>A death report that nobody knows of.</summary>
internal static class DeathDetachRace
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "death-detach-race",
        Title = "an engine is let go while report_death is running",
        Group = ExhibitGroup.UtraceCore,
        Source = "the utrace for 2.6.18 (2006) has no mark at all; the one for 2.6.20 has EXIT_FLAG_DEATH and answers " +
            "EALREADY; 2.6.18-53 also refuses before the report has taken the lock",
        Actors = ["tracee", "tracer"],
        Story = "The dying task has set exit_state and walks its engines for report_death, without the lock. The " +
            "tracer lets an engine go: a dead task counts as quiescent, so the engine is unlinked and freed at " +
            "once. The task calls report_death of freed memory, or removes the engine a second time.",
        Fix = "A mark, set under the lock before the walk and cleared after it, says that death is being reported; " +
            "callers get EALREADY.",
        Switch = "nothing says that the death report is under way",
        Guarantee = "KCSAN",
        Historic = "death-detach-race",
        Build = KnownWorld.Race("detach-vs-death"),
    };
}
