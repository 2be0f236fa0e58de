using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Reporting;

/// <summary>utrace_report_death(): the dying task's last report. Source: spec section 4.7.</summary>
[Immutable]
internal sealed class DeathReports(UtraceCore core)
{
    /// <summary>utrace_report_death().</summary>
    /// <remarks>Context: current, exit_state is set; sleeps. Locks: none on entry; takes utrace->lock.</remarks>
    internal async Op ReportDeath(Cpu cpu, TaskStruct task, bool groupDead, int signal)
    {
        UtraceStruct utrace = (await core.Locking.TaskUtraceStruct(cpu, task))!;
        if (await cpu.ReadOnce(task.ExitState) == ExitState.Alive)
        {
            task.Machine.Violate("BUG", $"utrace_report_death of {task}, which is alive");
        }

        await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.ReportDeath);
        if (utrace.Death.Get(cpu))
        {
            task.Machine.Violate("BUG", $"utrace_report_death of {task} twice");
        }

        utrace.Death.Set(cpu, core.Variant.MarksDeathReport);
        await cpu.WriteOnce(utrace.Resume, ResumeAction.Resume);
        await utrace.SpliceAttaching(cpu);
        await utrace.Lock.Release(cpu);

        // No stop is honoured here, and nothing is left for a later pass.
        await core.Passes.WalkFrom(cpu, task, utrace, Report.Begin, new DeathEvent(groupDead, signal));
        await core.Reaping.MaybeReap(cpu, task, utrace, reap: false);
    }
}
