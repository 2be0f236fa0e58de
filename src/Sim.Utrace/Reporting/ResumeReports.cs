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
        UtraceStruct utrace = (await core.TaskUtraceStruct(cpu, task))!;
        ReportPass passes = core.Passes;
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
        else if ((await cpu.ReadOnce(task.UtraceFlags) & UtraceEvents.Quiesce) != UtraceEvents.None)
        {
            for (int i = 0; i < utrace.Attached.Count(cpu); i++)
            {
                (report, _) = await passes.StartCallback(
                    cpu, task, utrace, report, utrace.Attached.At(cpu, i), UtraceEvents.None);
            }
        }

        report = await passes.FinishReportReset(cpu, task, utrace, report);
        switch (report.Action)
        {
            case ResumeAction.Stop:
                await core.Stopping.Stop(cpu, task, utrace, report.ResumeAction);
                break;
            case ResumeAction.Interrupt:
                await cpu.TestAndSet(task.ThreadFlags, ThreadFlags.SignalPending);
                break;
            case ResumeAction.Report or ResumeAction.SingleStep or ResumeAction.BlockStep
                or ResumeAction.Resume or ResumeAction.Detach:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
