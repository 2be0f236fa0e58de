using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Variants.Historic;

/// <summary>Spring 2009: an attach notes a report so that the lists are spliced, without TIF_NOTIFY_RESUME.</summary>
[Immutable]
internal sealed class ReportFlagWithoutNotify()
    : UtraceVariant("report-flag-without-notify", "an attach uses up the report that others ask for")
{
    internal override async Op AfterAttach(Cpu cpu, TaskStruct target, UtraceStruct utrace)
    {
        if (await cpu.ReadOnce(utrace.Resume) > ResumeAction.Report)
        {
            await cpu.WriteOnce(utrace.Resume, ResumeAction.Report);
        }
    }
}
