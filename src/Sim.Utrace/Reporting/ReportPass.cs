using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Reporting;

/// <summary>
/// The steps that every pass is made of: start_report, per engine start_callback and finish_callback,
/// finish_report. All run on the traced task. Source: spec section 4.1.
/// </summary>
[Immutable]
internal sealed class ReportPass(UtraceCore core)
{
    /// <summary>start_report(): takes in new engines and a pending request.</summary>
    /// <remarks>
    /// Context: current. Locks: none on entry; may take utrace->lock.
    /// Returns: the request consumed; INTERRUPT is returned but stays pending.
    /// </remarks>
    internal async Op<ResumeAction> StartReport(Cpu cpu, UtraceStruct utrace)
    {
        ResumeAction resume = await cpu.ReadOnce(utrace.Resume);
        if (await cpu.ReadOnce(utrace.PendingAttach) ||
            resume is > ResumeAction.Interrupt and < ResumeAction.Resume)
        {
            await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Report);
            await utrace.SpliceAttaching(cpu);
            resume = await cpu.ReadOnce(utrace.Resume);
            if (resume > ResumeAction.Interrupt)
            {
                await cpu.WriteOnce(utrace.Resume, ResumeAction.Resume);
            }

            await utrace.Lock.Release(cpu);
        }

        return resume;
    }

    /// <summary>start_callback(): decides whether an engine is called, and makes its quiesce callback.</summary>
    /// <remarks>
    /// Context: current; may sleep in the callback. Locks: none.
    /// Returns: the vector when the event's own callback has to follow, with finish_callback() after it.
    /// </remarks>
    internal async Op<StartedCallback> StartCallback(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, Report report, UtraceEngine engine, UtraceEvents happens)
    {
        // A controller that changes flags or ops and then sees no reporting knows that we see its change.
        await cpu.WriteOnce(utrace.Reporting, engine);
        await cpu.SmpMb(UtraceSites.ReportingVsFlags.Report); // M5
        UtraceEvents want = await cpu.ReadOnce(engine.Flags);
        await cpu.SmpRmb(UtraceSites.DetachPublish.Read); // M4
        EngineOps ops = (await cpu.ReadOnce(engine.Ops))!;

        if ((want & UtraceEvents.Quiesce) != UtraceEvents.None)
        {
            Lockdep.MightSleep(cpu, "report_quiesce()");
            Verdict verdict = await ops.ReportQuiesce(cpu, report.Action, engine, happens);
            (report, bool detached) = await FinishCallback(cpu, task, utrace, report, engine, verdict);
            if (detached)
            {
                return new StartedCallback(report, null);
            }

            await cpu.WriteOnce(utrace.Reporting, engine);
            await cpu.SmpMb(UtraceSites.ReportingVsFlags.ReportAgain); // M5b
            want = await cpu.ReadOnce(engine.Flags);
        }

        if ((want & UtraceEvents.EngineStop) != UtraceEvents.None)
        {
            report = report with { Action = ResumeAction.Stop };
        }

        if ((want & happens) != UtraceEvents.None)
        {
            return new StartedCallback(report with { Spurious = false }, ops);
        }

        await cpu.WriteOnce(utrace.Reporting, null);
        return new StartedCallback(report, null);
    }

    /// <summary>finish_callback(): applies what a callback answered.</summary>
    /// <remarks>Context: current. Locks: none on entry; may take utrace->lock.</remarks>
    internal async Op<FinishedCallback> FinishCallback(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, Report report, UtraceEngine engine, Verdict verdict)
    {
        report = report with { Result = verdict.Bits };
        ResumeAction action = verdict.Resume;
        if (action == ResumeAction.Detach)
        {
            await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Report);
            await cpu.WriteOnce(engine.Ops, core.Detached);
            await utrace.Lock.Release(cpu);
        }

        bool detached = ReferenceEquals(await cpu.ReadOnce(engine.Ops), core.Detached);
        if (!detached)
        {
            (report, detached) = await ApplyAction(cpu, task, utrace, report, engine, action);
        }

        if (detached)
        {
            report = report with { Detaches = true };
        }

        await cpu.WriteOnce(utrace.Reporting, null);
        return new FinishedCallback(report, detached);
    }

    /// <summary>finish_report(): leaves what is to be done later to the way back to user mode.</summary>
    /// <remarks>Context: current. Locks: none on entry; may take utrace->lock.</remarks>
    internal async Op<Report> FinishReport(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, Report report, bool willNotStop)
    {
        ResumeAction resume = report.Action;
        if (resume == ResumeAction.Stop)
        {
            resume = willNotStop ? ResumeAction.Report : ResumeAction.Resume;
        }

        if (resume < await cpu.ReadOnce(utrace.Resume))
        {
            await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Report);
            await cpu.WriteOnce(utrace.Resume, resume);
            ThreadFlags work = resume == ResumeAction.Interrupt
                ? ThreadFlags.SignalPending
                : ThreadFlags.NotifyResume;
            await cpu.TestAndSet(task.ThreadFlags, work);
            await utrace.Lock.Release(cpu);
        }

        return await FinishReportReset(cpu, task, utrace, report);
    }

    /// <summary>finish_report_reset(): recomputes the flags after a pass that found them stale.</summary>
    /// <remarks>Context: current. Locks: none on entry; may take utrace->lock.</remarks>
    internal async Op<Report> FinishReportReset(Cpu cpu, TaskStruct task, UtraceStruct utrace, Report report)
    {
        if (report.Spurious || report.Detaches)
        {
            await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Report);
            if (await core.Reset.ResetUnlocking(cpu, task, utrace))
            {
                report = report with { Action = ResumeAction.Resume };
            }
        }

        return report;
    }

    private async Op<FinishedCallback> ApplyAction(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, Report report, UtraceEngine engine, ResumeAction action)
    {
        if (action < report.Action)
        {
            report = report with { Action = action };
        }

        UtraceEvents flags = await cpu.ReadOnce(engine.Flags);
        bool holds = (flags & UtraceEvents.EngineStop) != UtraceEvents.None;
        if (action != ResumeAction.Stop)
        {
            if (action < report.ResumeAction)
            {
                report = report with { ResumeAction = action };
            }

            if (holds)
            {
                await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Report);
                flags = await cpu.ReadOnce(engine.Flags);
                await cpu.WriteOnce(engine.Flags, flags & ~UtraceEvents.EngineStop);
                await utrace.Lock.Release(cpu);
            }

            return new FinishedCallback(report, false);
        }

        return new FinishedCallback(report, !holds && !await HoldStop(cpu, task, utrace, engine));
    }

    /// <summary>Marks that an engine holds the task, unless it was detached meanwhile.</summary>
    private async Op<bool> HoldStop(Cpu cpu, TaskStruct task, UtraceStruct utrace, UtraceEngine engine)
    {
        await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Report);
        bool live = !ReferenceEquals(await cpu.ReadOnce(engine.Ops), core.Detached);
        if (live)
        {
            UtraceEvents flags = await cpu.ReadOnce(engine.Flags);
            await cpu.WriteOnce(engine.Flags, flags | UtraceEvents.EngineStop);
            UtraceEvents union = await cpu.ReadOnce(task.UtraceFlags);
            await cpu.WriteOnce(task.UtraceFlags, union | UtraceEvents.EngineStop);
        }

        await utrace.Lock.Release(cpu);
        return live;
    }
}
