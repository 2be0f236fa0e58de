using Sim.Machine.Memory;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Controls;

/// <summary>A fence that the lock makes redundant.</summary>
internal static class DeathReportFence
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "control-death-report-fence",
        Title = "a fence before the death report reads utrace_flags is not needed",
        Group = ExhibitGroup.UtraceCore,
        Source = "section 4 of our notes on the review of December 2009",
        Actors = ["tracee", "tracer"],
        Story = "The posting of November 2009 has a full barrier there. Peter Zijlstra doubted that a barrier can " +
            "pair with a lock; it is gone by 2.6.37.",
        Fix = "None is needed: set_events sets the flag under tasklist_lock, which exit_notify() has taken for " +
            "writing.",
        Switch = "the fence of variant P in the death report is taken away",
        Guarantee = "",
        Memory = MemoryModel.Tso,
        Without = [UtraceSites.DeathInterlock.ReportDeath],
        Variant = "p",
        Build = KnownWorld.Race("events-vs-death"),
    };
}
