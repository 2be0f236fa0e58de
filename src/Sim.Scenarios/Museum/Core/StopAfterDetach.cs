using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>A stop for an engine that is gone.</summary>
internal static class StopAfterDetach
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stop-after-detach",
        Title = "a task stops although the engine that asked for the stop is already gone",
        Group = ExhibitGroup.UtraceCore,
        Source = "the utrace of June 2009 in Fedora 12: utrace_stop() does not look again; fixed in mid-2009, when ENGINE_STOP " +
            "was mirrored in utrace_flags and a comment explained why",
        Actors = ["tracee", "tracer"],
        Story = "A callback answers STOP, the tracee notes that the engine wants it stopped and reports to nobody. Before it " +
            "sleeps the tracer lets the engine go: the task is not stopped yet, and no callback runs, so that is done at once. " +
            "The tracee then stops for an engine that can no longer resume it. Only SIGKILL helps.",
        Fix = "A bit for the whole task says whether any engine holds it; utrace_stop() looks at it again under the lock.",
        Switch = "utrace_stop() does not look whether an engine still holds the task",
        Guarantee = "STUCK",
        Without = [UtraceSites.Checks.StillHeld],
        Build = KnownWorld.Race("detach-vs-death", ("stop", 1)),
    };
}
