using Sim.Machine.Memory;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>A lock that is seen free by one who does not take it.</summary>
internal static class UnlockWaitWeak
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "unlock-wait-weak",
        Title = "\"wait until unlocked\" is weaker than taking the lock and dropping it",
        Group = ExhibitGroup.UtraceCore,
        Source = "SystemTap 0643ca2b7 (PR22158, 2017), in its copy of utrace_finish_stop(); the weakness is there from " +
            "2009 on",
        Actors = ["tracee", "tracer", "killer"],
        Story = "SIGKILL wakes a stopped task, which looks at utrace->lock with spin_unlock_wait(): it is free, and the " +
            "task goes to its exit report. The tracer takes the lock next. Nothing that the task did stands between " +
            "the wake-up and this acquisition, so the tracer may still read that the task is stopped, and edits the " +
            "list of engines that the task walks. On x86 the locked instruction of the acquisition forbids it.",
        Fix = "The task takes the lock and drops it: who takes it afterwards sees everything before.",
        Switch = "a killed task watches the lock until it is free",
        Guarantee = "KCSAN",
        Memory = MemoryModel.Lkmm,
        Without = [UtraceSites.UtraceLock.FinishStopTaken],
        Variant = "fixed",
        Build = SigkillWakesDuringReset.Make,
    };
}
