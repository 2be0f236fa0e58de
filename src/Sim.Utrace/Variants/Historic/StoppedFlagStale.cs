using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Variants.Historic;

/// <summary>2009: a bit says that the task is stopped, and nobody clears it when SIGCONT wakes the task.</summary>
[Immutable]
internal sealed class StoppedFlagStale()
    : UtraceVariant("stopped-flag-stale", "a bit of its own says that the task is stopped")
{
    internal override async Op<bool> TakeOver(Cpu cpu, TaskStruct target, UtraceStruct utrace)
    {
        bool stopped = await Stopping.IsStopped(cpu, target);
        if (stopped)
        {
            utrace.StoppedBit.Set(cpu, true);
        }

        return stopped;
    }

    internal override async Op<bool> IsStopped(Cpu cpu, TaskStruct target, UtraceStruct utrace)
        => utrace.StoppedBit.Get(cpu) || await Stopping.IsTraced(cpu, target);

    internal override Op<bool> IsQuiescent(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEngine engine, ResumeAction action)
        => IsStopped(cpu, target, utrace);
}
