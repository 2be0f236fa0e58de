using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
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
        Report report = Report.Begin;
        SyscallAction resumed = SyscallAction.Run;
        while (true)
        {
            await core.Passes.StartReport(cpu, utrace);
            report = await WalkReverse(cpu, task, utrace, report, resumed);
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
            resumed = SyscallAction.Resumed;
        }

        return new Verdict(ResumeAction.Resume, report.Result).Syscall == SyscallAction.Abort;
    }

    private async Op<Report> WalkReverse(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, Report report, SyscallAction resumed)
    {
        bool reverse = cpu.Makes(UtraceSites.Checks.ReverseEntry);
        for (int i = utrace.Attached.Count(cpu) - 1; i >= 0; i--)
        {
            UtraceEngine engine = utrace.Attached.At(cpu, reverse ? i : utrace.Attached.Count(cpu) - 1 - i);
            (report, EngineOps? ops) = await core.Passes.StartCallback(
                cpu, task, utrace, report, engine, UtraceEvents.SyscallEntry);
            if (ops is not null)
            {
                Lockdep.MightSleep(cpu, "report_syscall_entry()");
                var action = new Verdict(report.Action, report.Result | (int)resumed);
                Verdict verdict = await ops.ReportSyscallEntry(cpu, action, engine);
                (report, _) = await core.Passes.FinishCallback(cpu, task, utrace, report, engine, verdict);
            }
        }

        return report;
    }
}
