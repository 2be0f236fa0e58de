namespace Sim.Scenarios.Museum.Core;

/// <summary>A struct that flags promise.</summary>
internal static class GetSignalUtraceGone
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "get-signal-utrace-gone",
        Title = "a task with flags still set finds its struct gone",
        Group = ExhibitGroup.UtraceCore,
        Source = "RHEL 5, 2.6.18-53 (2007): a long prologue to utrace_get_signal() reads under RCU, locks, looks again " +
            "and retries",
        Actors = ["tracee", "tracer"],
        Story = "The task is TASK_STOPPED, which counts as quiescent, and the tracer lets the last engine go. SIGCONT " +
            "wakes the task, which sees utrace_flags still set and looks for a signal. The tracer clears the " +
            "pointer, frees the struct, and then clears the flags. The task follows the pointer: NULL, or freed.",
        Fix = "RCU, the lock and a second look; later the struct lives as long as its task.",
        Switch = "a task that saw utrace_flags takes task->utrace for granted (a model of the old lifetime)",
        Guarantee = "KASAN",
        HasUtrace = false,
        Build = (machine, request) => OldLifetime.GetSignal(
            machine, Museum.Exhibit.IsFaulty(request) ? OldMistake.TrustsFlags : OldMistake.None),
    };
}
