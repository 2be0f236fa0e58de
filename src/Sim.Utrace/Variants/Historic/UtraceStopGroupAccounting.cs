using Sim.Kernel.Signals;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Utrace.Variants.Historic;

/// <summary>Mid-2009: a task that stops for tracing is counted for a group stop, and the last one does not complete it.</summary>
[Immutable]
internal sealed class UtraceStopGroupAccounting()
    : UtraceVariant("utrace-stop-group-accounting", "a stop for tracing does not complete a group stop")
{
    internal override Op CountStopped(Cpu cpu, SignalStruct shared)
    {
        shared.GroupStopCount.Set(cpu, shared.GroupStopCount.Get(cpu) - 1);
        return Op.Done;
    }
}
