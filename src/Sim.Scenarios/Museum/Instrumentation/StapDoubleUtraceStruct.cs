using Sim.Utrace;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>Two structs for one task.</summary>
internal static class StapDoubleUtraceStruct
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-double-utrace-struct",
        Title = "two first attaches make two structs for one task",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap's own utrace: in October 2020 a second look under the lock of the hash bucket was dropped, " +
            "and is missing still in 2026; found by reading the change",
        Actors = ["two tracers", "reaper"],
        Story = "Two tracers attach to a task that has no struct utrace. Both find none, both make one, and the " +
            "second one hides the first. All later look-ups find the second: the engine in the first is never " +
            "called and never torn down.",
        Fix = "Who installs the struct looks again under the lock that installs it, as utrace_task_alloc() does " +
            "under task_lock.",
        Switch = "utrace_task_alloc() does not look whether another was faster",
        Guarantee = "G7",
        Without = [UtraceSites.Checks.Installed],
        Build = KnownWorld.Race("attach-vs-release", ("attachers", 2)),
    };
}
