using Sim.Kernel;

namespace Sim.Scenarios.Museum.Kernel;

/// <summary>A count that an exit does not change.</summary>
internal static class GroupStopVsExit
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "group-stop-vs-exit",
        Title = "a thread that exits is still counted for the group stop",
        Group = ExhibitGroup.Kernel,
        Source = "upstream d12619b5ff5 (February 2008)",
        Actors = ["stopping thread", "exiting thread", "parent"],
        Story = "A thread begins a group stop and counts another one that is past its signals and exits. It will " +
            "never stop, and takes nothing off the count. The count stays above zero, the stop is never complete, " +
            "and the parent is never told.",
        Fix = "PF_EXITING is set under siglock, and a thread that exits takes itself off the count, completing the " +
            "stop if it was the last.",
        Switch = "exit_signals() does not take the thread off the count",
        Guarantee = "STUCK",
        Without = [KernelSites.Checks.ExitLeavesStop],
        HasUtrace = false,
        Build = KnownWorld.Life("stop-vs-exit"),
    };
}
