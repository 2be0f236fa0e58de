using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Reporting;

/// <summary>utrace_report_syscall_entry(). Source: spec section 4.5.</summary>
[Immutable]
internal sealed class SyscallReports(UtraceCore core)
{
    /// <summary>Reports the entry, newest engine first, and again after every stop during which a request came.</summary>
    /// <remarks>Context: current, before the call is made; sleeps. Locks: none. Returns: whether to abort the call.</remarks>
    internal async Op<bool> ReportEntry(Cpu cpu, TaskStruct task)
    {
        UtraceStruct utrace = (await core.Locking.TaskUtraceStruct(cpu, task))!;
        await core.Passes.StartReport(cpu, utrace);
        Report report = await WalkReverse(cpu, task, utrace, Report.Begin, default(SyscallEntryEvent));
        return await FinishEntry(cpu, task, utrace, report);
    }

    /// <summary><see cref="ReportEntry"/> in direct mode.</summary>
    /// <remarks>Context: current, before the call is made, in direct mode; sleeps. Locks: none. Returns: whether to abort the call.</remarks>
    internal Op<bool> ReportEntryDirect(Cpu cpu, TaskStruct task)
    {
        var utrace = (UtraceStruct)task.Utrace.Peek!;
        DirectWalk walk = default;
        return core.Direct.Walk(cpu, utrace, default(SyscallEntryEvent), ref walk)
            ? Op<bool>.Of(Aborts(walk.Result))
            : GoOnEntering(cpu, task, utrace, walk);
    }

    private async Op<bool> GoOnEntering(Cpu cpu, TaskStruct task, UtraceStruct utrace, DirectWalk walk)
    {
        Report report = await core.Direct.GoOn(cpu, task, utrace, default(SyscallEntryEvent), walk);
        return await FinishEntry(cpu, task, utrace, report);
    }

    private static bool Aborts(int result)
        => new Verdict(ResumeAction.Resume, result).Syscall == SyscallAction.Abort;

    /// <summary>What follows the callbacks of the first pass.</summary>
    private async Op<bool> FinishEntry(Cpu cpu, TaskStruct task, UtraceStruct utrace, Report report)
    {
        while (true)
        {
            report = await core.Passes.FinishReport(cpu, task, utrace, report, willNotStop: false);
            if (report.Action != ResumeAction.Stop)
            {
                break;
            }

            await core.Stopping.Stop(cpu, task, utrace, report.ResumeAction);
            if (cpu.Makes(UtraceSites.Checks.KilledAtEntry) && await Scheduling.FatalSignalPending(cpu, task))
            {
                return true;
            }

            if (!core.Variant.RepeatsSyscallEntry || !cpu.Makes(UtraceSites.Checks.EntryAgain) ||
                await cpu.ReadOnce(utrace.Resume) > ResumeAction.Report)
            {
                break;
            }

            // What the last engine wanted of the call stays until an engine says otherwise.
            report = Report.Begin with { Result = report.Result };
            await core.Passes.StartReport(cpu, utrace);
            report = await WalkReverse(cpu, task, utrace, report, new SyscallEntryEvent(SyscallAction.Resumed));
        }

        return Aborts(report.Result);
    }

    /// <summary>The callbacks of the engines from the one on that is told after some others, the newest first.</summary>
    /// <remarks>Context: current; sleeps. Locks: none.</remarks>
    internal async Op<Report> WalkReverse<TEvent>(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, Report report, TEvent happened, int told = 0)
        where TEvent : struct, IReportedEvent
    {
        bool reverse = cpu.Makes(UtraceSites.Checks.ReverseEntry);
        for (int i = utrace.Attached.Count(cpu) - 1 - told; i >= 0; i--)
        {
            UtraceEngine engine = utrace.Attached.At(cpu, reverse ? i : utrace.Attached.Count(cpu) - 1 - i);
            (report, EngineOps? ops) = await core.Passes.StartCallback(
                cpu, task, utrace, report, engine, happened.Event);
            if (ops is not null)
            {
                Lockdep.MightSleep(cpu, "report_syscall_entry()");
                Verdict verdict = await happened.Call(ops, cpu, report.Verdict, engine);
                (report, _) = await core.Passes.FinishCallback(cpu, task, utrace, report, engine, verdict);
            }
        }

        return report;
    }
}
