using Sim.Kernel.Barriers;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
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
    private sealed class WakingIntoCompleteStop : Waking
    {
        internal override async Op WakeUp(Cpu cpu, TaskStruct task, UtraceStruct utrace)
        {
            SighandStruct sighand = (await cpu.ReadOnce(task.Sighand))!;
            await sighand.Siglock.Acquire(cpu, UtraceSites.Siglock.WakeUp);
            if ((await cpu.ReadOnce(task.Signal.Flags) & SignalFlags.StopStopped) != SignalFlags.None)
            {
                await cpu.WriteOnce(task.State, TaskState.Stopped);
            }
            else
            {
                await Scheduling.WakeUpState(cpu, task, TaskState.TracedBit);
            }

            await sighand.Siglock.Release(cpu);
        }
    }
}
