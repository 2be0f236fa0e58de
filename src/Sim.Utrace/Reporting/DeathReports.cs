using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Reporting;

/// <summary>
/// Death and reap. The dying task reports DEATH; whoever releases it reports REAP; when the releaser
/// comes while the death report is still to be made or under way, it leaves the reaping to the dying
/// task. Source: spec section 4.7.
/// </summary>
[Immutable]
internal sealed class DeathReports(UtraceCore core)
{
    /// <summary>utrace_report_death().</summary>
    /// <remarks>Context: current, exit_state is set; sleeps. Locks: none on entry; takes utrace->lock.</remarks>
    internal async Op ReportDeath(Cpu cpu, TaskStruct task, bool groupDead, int signal)
    {
        UtraceStruct utrace = (await core.TaskUtraceStruct(cpu, task))!;
        if (await cpu.ReadOnce(task.ExitState) == ExitState.Alive)
        {
            task.Machine.Violate("BUG", $"utrace_report_death of {task}, which is alive");
        }

        await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.ReportDeath);
        if (utrace.Death.Get(cpu))
        {
            task.Machine.Violate("BUG", $"utrace_report_death of {task} twice");
        }

        utrace.Death.Set(cpu, true);
        await cpu.WriteOnce(utrace.Resume, ResumeAction.Resume);
        await utrace.SpliceAttaching(cpu);
        await utrace.Lock.Release(cpu);

        Report report = Report.Begin;
        for (int i = 0; i < utrace.Attached.Count(cpu); i++)
        {
            UtraceEngine engine = utrace.Attached.At(cpu, i);
            (report, EngineOps? ops) = await core.Passes.StartCallback(
                cpu, task, utrace, report, engine, UtraceEvents.Death);
            if (ops is not null)
            {
                Lockdep.MightSleep(cpu, "report_death()");
                Verdict verdict = await ops.ReportDeath(cpu, engine, groupDead, signal);
                (report, _) = await core.Passes.FinishCallback(cpu, task, utrace, report, engine, verdict);
            }
        }

        await MaybeReap(cpu, task, utrace, reap: false);
    }

    /// <summary>utrace_maybe_reap(): tears the engines down, or leaves that to the dying task.</summary>
    /// <param name="cpu">The releaser's processor, or the dying task's.</param>
    /// <param name="task">The task.</param>
    /// <param name="utrace">Its struct utrace.</param>
    /// <param name="reap">Whether release_task() calls, rather than the end of the death report.</param>
    /// <remarks>Context: as said; sleeps in callbacks. Locks: none on entry; takes utrace->lock.</remarks>
    internal async Op MaybeReap(Cpu cpu, TaskStruct task, UtraceStruct utrace, bool reap)
    {
        await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.MaybeReap);
        if (reap)
        {
            utrace.Reap.Set(cpu, true);
            if ((await cpu.ReadOnce(task.UtraceFlags) & UtraceEvents.DeathEvents) != UtraceEvents.None)
            {
                await utrace.Lock.Release(cpu);
                return;
            }
        }
        else
        {
            utrace.Death.Set(cpu, false);
            if (!utrace.Reap.Get(cpu))
            {
                await core.Reset.ResetUnlocking(cpu, task, utrace);
                return;
            }
        }

        await cpu.WriteOnce(task.UtraceFlags, UtraceEvents.None);
        var torn = new EngineBatch(task.Machine);
        MoveAll(cpu, utrace.Attached, torn.Engines);
        MoveAll(cpu, utrace.Attaching, torn.Engines);
        await utrace.Lock.Release(cpu);
        for (int i = 0; i < torn.Engines.Count(cpu); i++)
        {
            await ReportReap(cpu, task, torn.Engines.At(cpu, i));
        }

        await torn.PutAll(cpu);
    }

    /// <summary>The last callback of an engine, if it wants one, and its end.</summary>
    private static async Op ReportReap(Cpu cpu, TaskStruct task, UtraceEngine engine)
    {
        if ((await cpu.ReadOnce(engine.Flags) & UtraceEvents.Reap) != UtraceEvents.None)
        {
            Lockdep.MightSleep(cpu, "report_reap()");
            await (await cpu.ReadOnce(engine.Ops))!.ReportReap(cpu, engine, task);
        }

        await cpu.WriteOnce(engine.Ops, null);
        await cpu.WriteOnce(engine.Flags, UtraceEvents.None);
    }

    private static void MoveAll(
        Cpu cpu,
        Machine.State.MachineList<UtraceEngine> from,
        Machine.State.MachineList<UtraceEngine> to)
    {
        while (from.Count(cpu) > 0)
        {
            UtraceEngine engine = from.At(cpu, 0);
            from.Remove(cpu, engine);
            to.Add(cpu, engine);
        }
    }
}
