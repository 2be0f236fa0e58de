using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
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
            if (resume > ResumeAction.Interrupt && cpu.Makes(UtraceSites.Checks.ConsumesRequest))
            {
                await cpu.WriteOnce(utrace.Resume, ResumeAction.Resume);
            }

            await utrace.Lock.Release(cpu);
        }

        return resume;
    }

    /// <summary>The generic report: every engine in the order of attaching, then finish_report().</summary>
    /// <remarks>Context: current; sleeps. Locks: none.</remarks>
    internal async Op<Report> Report<TEvent>(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, TEvent happened, bool willNotStop)
        where TEvent : struct, IReportedEvent
    {
        Report report = await Walk(cpu, task, utrace, happened);
        return await FinishReport(cpu, task, utrace, report, willNotStop);
    }

    /// <summary>start_report() and the callbacks of every engine.</summary>
    /// <remarks>Context: current; sleeps. Locks: none.</remarks>
    internal async Op<Report> Walk<TEvent>(Cpu cpu, TaskStruct task, UtraceStruct utrace, TEvent happened)
        where TEvent : struct, IReportedEvent
    {
        await StartReport(cpu, utrace);
        return await WalkFrom(cpu, task, utrace, Reporting.Report.Begin, happened);
    }

    /// <summary>The callbacks of the engines from a place in the list on.</summary>
    /// <remarks>Context: current; sleeps. Locks: none.</remarks>
    internal async Op<Report> WalkFrom<TEvent>(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, Report report, TEvent happened, int first = 0)
        where TEvent : struct, IReportedEvent
    {
        for (int i = first; i < utrace.Attached.Count(cpu); i++)
        {
            UtraceEngine engine = utrace.Attached.At(cpu, i);
            (report, EngineOps? ops) = await StartCallback(cpu, task, utrace, report, engine, happened.Event);
            if (ops is not null)
            {
                Lockdep.MightSleep(cpu, "an engine's callback");
                Verdict verdict = await happened.Call(ops, cpu, report.Verdict, engine);
                (report, _) = await FinishCallback(cpu, task, utrace, report, engine, verdict);
            }
        }

        return report;
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

        if (AsksFirst(cpu, want, happens))
        {
            Lockdep.MightSleep(cpu, "report_quiesce()");
            Verdict verdict = await ops.ReportQuiesce(cpu, report.Action, engine, happens);
            if (!core.Variant.CountsBitsOfDetached && ReferenceEquals(ops, core.Detached))
            {
                verdict = verdict with { Bits = report.Result };
            }

            (report, bool detached) = await FinishCallback(cpu, task, utrace, report, engine, verdict);
            if (detached)
            {
                return new StartedCallback(report, null);
            }

            if (cpu.Makes(UtraceSites.Checks.LooksAgain))
            {
                want = await LookAgain(cpu, utrace, engine);
            }
        }

        return await Decide(cpu, utrace, report, want, ops, happens);
    }

    /// <summary>Whether the quiesce callback is made.</summary>
    private static bool AsksFirst(Cpu cpu, UtraceEvents want, UtraceEvents happens)
    {
        if ((want & UtraceEvents.Quiesce) == UtraceEvents.None)
        {
            return false;
        }

        return (want & happens) != UtraceEvents.None
            ? cpu.Makes(UtraceSites.Checks.QuiesceFirst)
            : cpu.Makes(UtraceSites.Checks.QuiesceForOthers);
    }

    /// <summary>After the quiesce callback: what the engine wants now, which that callback may have changed.</summary>
    internal async Op<UtraceEvents> LookAgain(Cpu cpu, UtraceStruct utrace, UtraceEngine engine)
    {
        await cpu.WriteOnce(utrace.Reporting, engine);
        await cpu.SmpMb(UtraceSites.ReportingVsFlags.ReportAgain); // M5b
        return await cpu.ReadOnce(engine.Flags);
    }

    /// <summary>The end of start_callback(): a stop sticks, and the event's callback is made if it is wanted.</summary>
    internal async Op<StartedCallback> Decide(
        Cpu cpu, UtraceStruct utrace, Report report, UtraceEvents want, EngineOps ops, UtraceEvents happens)
    {
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
        if (action == ResumeAction.Detach && cpu.Makes(UtraceSites.Checks.DetachAnswer))
        {
            await MarkDetached(cpu, utrace, engine);
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
            if (await core.Variant.StillStronger(cpu, utrace, resume))
            {
                await cpu.WriteOnce(utrace.Resume, resume);
                await cpu.TestAndSet(task.ThreadFlags, Stopping.ReportWork(resume));
            }

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

    /// <summary>finish_resume_report(): the end of the last pass before user mode, where a STOP is a stop.</summary>
    /// <remarks>Context: current; sleeps. Locks: none.</remarks>
    internal async Op FinishResumeReport(Cpu cpu, TaskStruct task, UtraceStruct utrace, Report report)
    {
        report = await FinishReportReset(cpu, task, utrace, report);
        StepControl stepping = task.Kernel.Stepping;
        switch (report.Action)
        {
            case ResumeAction.Stop:
                await core.Stopping.Stop(cpu, task, utrace, report.ResumeAction);
                break;

            case ResumeAction.Interrupt:
                await cpu.TestAndSet(task.ThreadFlags, ThreadFlags.SignalPending);
                break;

            case ResumeAction.BlockStep when stepping.HasBlockStep:
                await stepping.EnableBlockStep(cpu, task);
                break;

            case ResumeAction.BlockStep or ResumeAction.SingleStep:
                if (stepping.HasSingleStep)
                {
                    await stepping.EnableSingleStep(cpu, task);
                }

                break;

            case ResumeAction.Report or ResumeAction.Resume or ResumeAction.Detach:
                await stepping.Disable(cpu, task);
                break;

            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>An engine that answered DETACH: its vector alone says so, its flags stay.</summary>
    private async Op MarkDetached(Cpu cpu, UtraceStruct utrace, UtraceEngine engine)
    {
        if (core.Variant.LocksDetachByAnswer)
        {
            await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Report);
            await cpu.WriteOnce(engine.Ops, core.Detached);
            await utrace.Lock.Release(cpu);
        }
        else
        {
            await cpu.WriteOnce(engine.Ops, core.Detached);
        }
    }

    private async Op<FinishedCallback> ApplyAction(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, Report report, UtraceEngine engine, ResumeAction action)
    {
        if (core.Variant.Outranks(action, report.Action) || !cpu.Makes(UtraceSites.Checks.LeastAction))
        {
            report = report with { Action = action };
        }

        UtraceEvents flags = await cpu.ReadOnce(engine.Flags);
        bool holds = (flags & UtraceEvents.EngineStop) != UtraceEvents.None;
        if (action != ResumeAction.Stop)
        {
            if (core.Variant.Outranks(action, report.ResumeAction))
            {
                report = report with { ResumeAction = action };
            }

            if (holds)
            {
                await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Report);
                await Stopping.ClearWantsStop(cpu, engine);
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
        bool live = !cpu.Makes(UtraceSites.Checks.StopOfDetached) ||
            !ReferenceEquals(await cpu.ReadOnce(engine.Ops), core.Detached);
        if (live)
        {
            await Stopping.MarkWantsStop(cpu, task, engine);
        }

        await utrace.Lock.Release(cpu);
        return live;
    }
}
