using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Variants.Historic;

/// <summary>2008: RESUME takes a task that was asked to stop for one that has stopped.</summary>
[Immutable]
internal sealed class ResumeBeforeStopped()
    : UtraceVariant("resume-before-stopped", "RESUME does not look whether the task has stopped yet")
{
    internal override async Op<bool> IsQuiescent(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEngine engine, ResumeAction action)
        => await Stopping.IsTraced(cpu, target) ||
            (action == ResumeAction.Resume &&
                (await cpu.ReadOnce(engine.Flags) & UtraceEvents.EngineStop) != UtraceEvents.None);
}
