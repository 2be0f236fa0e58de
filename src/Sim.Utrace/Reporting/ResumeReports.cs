using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Reporting;

/// <summary>utrace_resume(): the quiesce pass on the way to user mode. Source: spec section 4.4.</summary>
[Immutable]
internal sealed class ResumeReports(UtraceCore core)
{
    /// <summary>Makes the quiesce callbacks that were asked for, and stops if an engine holds the task.</summary>
    /// <remarks>Context: current, on the way to user mode; sleeps. Locks: none.</remarks>
    internal async Op Resume(Cpu cpu, TaskStruct task)
    {
        UtraceStruct utrace = (await core.Locking.TaskUtraceStruct(cpu, task))!;
        ReportPass passes = core.Passes;
        if (utrace.SignalHandler.Get(cpu))
        {
            // The frame that it tells of was reported by no signal pass; user mode comes first now.
            await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Report);
            utrace.SignalHandler.Set(cpu, false);
            await utrace.Lock.Release(cpu);
        }

        ResumeAction action = await passes.StartReport(cpu, utrace);
        if (action == ResumeAction.Resume)
        {
            return;
        }

        Report report = Report.Begin;
        if (action != ResumeAction.Report)
        {
            report = report with { Action = action, Spurious = false };
        }
        else if ((await cpu.ReadOnce(task.UtraceFlags) & core.Variant.WalksForResume) != UtraceEvents.None)
        {
            for (int i = 0; i < utrace.Attached.Count(cpu); i++)
            {
                (report, _) = await passes.StartCallback(
                    cpu, task, utrace, report, utrace.Attached.At(cpu, i), UtraceEvents.None);
            }
        }

        await passes.FinishResumeReport(cpu, task, utrace, report);
    }

    /// <summary>utrace_signal_handler(): the frame of a handler has been built, and is to be reported as such.</summary>
    /// <param name="cpu">The task's processor.</param>
    /// <param name="task">current.</param>
    /// <param name="stepping">TIF_SINGLESTEP: the step ends at the handler's first instruction.</param>
    /// <remarks>Context: current, before user mode. Locks: none on entry; takes utrace->lock. Spec: end of section 4.6.</remarks>
    internal async Op SignalHandler(Cpu cpu, TaskStruct task, bool stepping)
    {
        UtraceStruct utrace = (await core.Locking.TaskUtraceStruct(cpu, task))!;
        await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Signal);
        utrace.SignalHandler.Set(cpu, true);
        ResumeAction resume = await cpu.ReadOnce(utrace.Resume);
        if (resume > ResumeAction.Interrupt)
        {
            if (stepping)
            {
                await cpu.WriteOnce(utrace.Resume, ResumeAction.Interrupt);
                await cpu.TestAndSet(task.ThreadFlags, ThreadFlags.SignalPending);
            }
            else if (resume == ResumeAction.Resume)
            {
                await cpu.TestAndSet(task.ThreadFlags, ThreadFlags.NotifyResume);
            }
        }

        await utrace.Lock.Release(cpu);
    }
}
