using Sim.Kernel.Signals;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Variants.Historic;

/// <summary>To 2009: whoever lets a task go looks whether a group stop is complete, not whether one is in progress.</summary>
[Immutable]
internal sealed class WakeupIgnoresGroupStop()
    : UtraceVariant("wakeup-ignores-group-stop", "wakeup looks at complete group stops alone")
{
    internal override Waking Waking { get; } = new WakingIntoCompleteStop();

    /// <summary>A stop in progress does not keep the task asleep.</summary>
    [Immutable]
    private sealed class WakingIntoCompleteStop : WakingIntoGroupStop
    {
        protected override bool IsStopping(Cpu cpu, SignalStruct shared, SignalFlags flags)
            => (flags & SignalFlags.StopStopped) != SignalFlags.None;
    }
}
