using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>Asking for DEATH against the death.</summary>
internal static class SetEventsWithoutTasklist
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "set-events-without-tasklist",
        Title = "asking for DEATH is not ordered with exit_notify()",
        Group = ExhibitGroup.UtraceCore,
        Source = "the utrace for 2.6.18 of 2006 has no test at all; the one for 2.6.20 takes tasklist_lock for " +
            "reading, tests exit_state and answers EALREADY",
        Actors = ["tracee", "tracer", "reaper"],
        Story = "The dying task sets exit_state, looks at utrace_flags, finds no DEATH and skips its report. The " +
            "tracer, who saw it alive, now sets DEATH and is told 0. The death is never reported; and whoever " +
            "releases the task believes that the dying task will do the teardown.",
        Fix = "The bit is set only under tasklist_lock, held for reading, after exit_state was tested.",
        Switch = "set_events does not take tasklist_lock",
        Guarantee = "G1",
        Without = [UtraceSites.DeathInterlock.SetEvents],
        Build = KnownWorld.Race("events-vs-death"),
    };
}
