using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Reporting;

/// <summary>
/// utrace_get_signal(): the report that was asked for, or the next signal, shown to the engines, of which the
/// last one to speak decides. Source: spec section 4.6.
/// </summary>
[Immutable]
internal sealed class SignalReports(UtraceCore core)
{
    private readonly SignalDisposition _disposition = new(core);

    /// <summary>Looks for something to report before the kernel takes a signal by itself.</summary>
    /// <remarks>
    /// Context: current, at the top of the loop of get_signal_to_deliver(); sleeps.
    /// Locks:   siglock on entry; released when the answer is less than 0.
    /// Returns: see <see cref="SignalVerdict"/>.
    /// </remarks>
    internal async Op<SignalVerdict> GetSignal(Cpu cpu, TaskStruct task, SighandStruct sighand)
    {
        UtraceStruct utrace = (await core.Locking.TaskUtraceStruct(cpu, task))!;
        if (await cpu.ReadOnce(utrace.Resume) < ResumeAction.Resume ||
            await cpu.ReadOnce(utrace.PendingAttach) || utrace.SignalHandler.Get(cpu))
        {
            await sighand.Siglock.Release(cpu);
            return await ReportWithout(cpu, task, utrace, sighand);
        }

        UtraceEvents union = await cpu.ReadOnce(task.UtraceFlags);
        if ((union & UtraceEvents.SignalAll) == UtraceEvents.None || task.Signal.GroupStopCount.Get(cpu) != 0)
        {
            return default;
        }

        DequeuedSignal taken = await task.Kernel.Pending.Dequeue(cpu, task, task.Blocked.Get(cpu));
        if (taken.Signal == 0)
        {
            return default;
        }

        SigAction action = sighand.Action.Get(cpu)![taken.Signal];
        var signal = new SignalVerdict(taken.Signal, taken.Info, action);
        if (taken.Signal == Kernel.Abi.Signals.SIGKILL)
        {
            return signal;
        }

        (UtraceEvents happens, SignalAction what) = Classify(taken.Signal, action);
        union = await cpu.ReadOnce(task.UtraceFlags);
        if ((union & (happens | UtraceEvents.Quiesce)) == UtraceEvents.None)
        {
            return signal;
        }

        await sighand.Siglock.Release(cpu);
        var report = new SignalReport(taken.Info, action, action);
        return await Walk(cpu, task, utrace, sighand, Report.Begin with { Result = (int)what }, happens, report);
    }

    /// <summary>Takes what was asked for; a report is made only if an engine wants QUIESCE.</summary>
    private async Op<SignalVerdict> ReportWithout(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, SighandStruct sighand)
    {
        await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Signal);
        await utrace.SpliceAttaching(cpu);
        SignalAction what = utrace.SignalHandler.Get(cpu) ? SignalAction.Handler : SignalAction.Report;
        utrace.SignalHandler.Set(cpu, false);
        ResumeAction resume = await cpu.ReadOnce(utrace.Resume);
        await cpu.WriteOnce(utrace.Resume, ResumeAction.Resume);
        await utrace.Lock.Release(cpu);

        // From here on TIF_SIGPENDING is to mean a real signal.
        if (await Scheduling.SignalPending(cpu, task))
        {
            await sighand.Siglock.Acquire(cpu, UtraceSites.Siglock.Signal);
            await task.Kernel.Pending.RecalcSigpending(cpu);
            await sighand.Siglock.Release(cpu);
        }

        if (resume > ResumeAction.Report)
        {
            // No callback, and yet a reason to have come by.
            Report stepping = Report.Begin with { Action = resume, Spurious = false };
            await core.Passes.FinishResumeReport(cpu, task, utrace, stepping);
            return SignalVerdict.Again;
        }

        if ((await cpu.ReadOnce(task.UtraceFlags) & core.Variant.WalksForResume) == UtraceEvents.None)
        {
            return SignalVerdict.Again;
        }

        Report report = Report.Begin with { Result = (int)what };
        return await Walk(cpu, task, utrace, sighand, report, UtraceEvents.None, default);
    }

    /// <summary>Asks every engine in the order of attaching, and does what comes out.</summary>
    private async Op<SignalVerdict> Walk(
        Cpu cpu,
        TaskStruct task,
        UtraceStruct utrace,
        SighandStruct sighand,
        Report report,
        UtraceEvents happens,
        SignalReport signal)
    {
        for (int i = 0; i < utrace.Attached.Count(cpu); i++)
        {
            (report, signal) = await Ask(cpu, task, utrace, report, utrace.Attached.At(cpu, i), happens, signal);
        }

        return await _disposition.Apply(cpu, task, utrace, sighand, report, signal);
    }

    /// <summary>The callback of one engine, with the bookkeeping of start_callback() and finish_callback().</summary>
    private async Op<(Report Report, SignalReport Signal)> Ask(
        Cpu cpu,
        TaskStruct task,
        UtraceStruct utrace,
        Report report,
        UtraceEngine engine,
        UtraceEvents happens,
        SignalReport signal)
    {
        await cpu.WriteOnce(utrace.Reporting, engine);
        await cpu.SmpMb(UtraceSites.ReportingVsFlags.Signal); // M5
        UtraceEvents want = await cpu.ReadOnce(engine.Flags);
        await cpu.SmpRmb(UtraceSites.DetachPublish.ReadSignal); // M4
        EngineOps ops = (await cpu.ReadOnce(engine.Ops))!;
        if ((want & (happens | UtraceEvents.Quiesce)) == UtraceEvents.None)
        {
            await cpu.WriteOnce(utrace.Reporting, null);
            bool holds = core.Variant.StopsStickInSignals && (want & UtraceEvents.EngineStop) != UtraceEvents.None;
            return (holds ? report with { Action = ResumeAction.Stop } : report, signal);
        }

        Lockdep.MightSleep(cpu, "report_signal()");
        Verdict verdict;
        if (ops.HasReportSignal)
        {
            SignalAnswer answer = await ops.ReportSignal(
                cpu, new Verdict(report.Action, report.Result), engine, signal);
            verdict = answer.Verdict;
            signal = signal with { Info = answer.Info, Action = answer.Action };
        }
        else
        {
            Verdict quiesce = await ops.ReportQuiesce(cpu, report.Action, engine, happens);
            verdict = quiesce with { Bits = quiesce.Bits | report.Result };
        }

        if (verdict.Resume is ResumeAction.Interrupt or ResumeAction.Report)
        {
            // An engine that always asks for another report would spin here.
            verdict = verdict with { Resume = ResumeAction.Resume };
        }

        (report, _) = await core.Passes.FinishCallback(cpu, task, utrace, report, engine, verdict);
        return (report with { Spurious = false }, signal);
    }

    /// <summary>Which event a signal is, and what would happen to it.</summary>
    private static (UtraceEvents Event, SignalAction Action) Classify(int signal, SigAction action)
    {
        if (action.IsIgnore)
        {
            return (UtraceEvents.SignalIgnored, SignalAction.Ignore);
        }

        if (!action.IsDefault)
        {
            return (UtraceEvents.Signal, SignalAction.Deliver);
        }

        if (Kernel.Abi.Signals.KernelCoredump.Contains(signal))
        {
            return (UtraceEvents.SignalCore, SignalAction.Core);
        }

        if (Kernel.Abi.Signals.KernelIgnore.Contains(signal))
        {
            return (UtraceEvents.SignalIgnored, SignalAction.Ignore);
        }

        if (signal == Kernel.Abi.Signals.SIGSTOP)
        {
            return (UtraceEvents.SignalStop, SignalAction.Stop);
        }

        return Kernel.Abi.Signals.KernelStop.Contains(signal)
            ? (UtraceEvents.SignalStop, SignalAction.TerminalStop)
            : (UtraceEvents.SignalTerminate, SignalAction.Terminate);
    }
}
