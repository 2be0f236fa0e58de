namespace Sim.Scenarios.Museum.Core;

/// <summary>A wake-up in the middle of a group stop.</summary>
internal static class WakeupIgnoresGroupStop
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "wakeup-ignores-group-stop",
        Title = "a traced thread is woken while a group stop is in progress",
        Group = ExhibitGroup.UtraceCore,
        Source = "upstream 1ee1184485d for ptrace_untrace() (April 2009), which calls it ancient; utrace_wakeup() " +
            "changed in the same way that year",
        Actors = ["tracee", "another thread", "tracer"],
        Story = "One thread of a process is stopped for tracing. Another takes SIGSTOP and begins a group stop; the " +
            "first one is not counted, since it sleeps already. The tracer lets it go: only a complete group stop " +
            "would keep it asleep, and this one is in progress. It runs in user mode while its process is " +
            "stopped.",
        Fix = "Woken into TASK_STOPPED if the group stop is complete or in progress.",
        Switch = "wakeup looks at complete group stops alone",
        Guarantee = "STUCK",
        Historic = "wakeup-ignores-group-stop",
        Build = GroupStopOfTwo.Make,
    };
}
