namespace Sim.Scenarios.Museum.Core;

/// <summary>One report of a system call that has changed.</summary>
internal static class SyscallEntryNoRereport
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "syscall-entry-no-rereport",
        Title = "what was changed in a stop at the entry of a system call is not shown to the other engines",
        Group = ExhibitGroup.UtraceCore,
        Source = "a single pass in the tree of autumn 2009; the loop with a mark for a repeated report came with " +
            "UTRACE_API_VERSION 20091216",
        Actors = ["tracee", "tracer"],
        Story = "One engine inspects the number of the call and lets it pass, another one stops the task there. The " +
            "owner of the second changes the number and asks for a report. The task wakes and makes the other " +
            "call, which the first engine has never seen.",
        Fix = "When a report was asked for during the stop the entry is reported again, and marked as resumed.",
        Switch = "the entry of a system call is reported once",
        Guarantee = "G32",
        Historic = "syscall-entry-no-rereport",
        Build = KnownWorld.Race("entry-stop-vs-request"),
    };
}
