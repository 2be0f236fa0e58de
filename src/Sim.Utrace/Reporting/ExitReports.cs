using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Reporting;

/// <summary>utrace_report_exit(). Source: spec section 4.3, EXIT.</summary>
[Immutable]
internal sealed class ExitReports(UtraceCore core)
{
    /// <summary>Reports EXIT to every engine; a STOP holds the task right there, before teardown.</summary>
    /// <remarks>Context: current, first thing in do_exit(); sleeps. Locks: none.</remarks>
    internal async Op ReportExit(Cpu cpu, TaskStruct task, int code)
    {
        UtraceStruct utrace = (await core.TaskUtraceStruct(cpu, task))!;
        ReportPass passes = core.Passes;
        await passes.StartReport(cpu, utrace);
        Report report = Report.Begin;
        for (int i = 0; i < utrace.Attached.Count(cpu); i++)
        {
            UtraceEngine engine = utrace.Attached.At(cpu, i);
            (report, EngineOps? ops) = await passes.StartCallback(
                cpu, task, utrace, report, engine, UtraceEvents.Exit);
            if (ops is not null)
            {
                Lockdep.MightSleep(cpu, "report_exit()");
                Verdict verdict = await ops.ReportExit(cpu, report.Action, engine, code);
                (report, _) = await passes.FinishCallback(cpu, task, utrace, report, engine, verdict);
            }
        }

        report = await passes.FinishReport(cpu, task, utrace, report, willNotStop: true);
        if (report.Action == ResumeAction.Stop)
        {
            await core.Stopping.Stop(cpu, task, utrace, report.ResumeAction);
        }
    }
}
