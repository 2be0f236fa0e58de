using Sim.Kernel.Barriers;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Utrace.State;

/// <summary>wakeup(): how a task that no engine holds any more goes on. Source: spec section 3.3.</summary>
[Immutable]
internal abstract class Waking
{
    /// <summary>Wakes a task that is stopped for tracing, or leaves it to job control.</summary>
    /// <remarks>
    /// Context: any; the task was seen stopped for tracing under utrace->lock.
    /// Locks:   utrace->lock; takes siglock.
    /// </remarks>
    internal abstract Op WakeUp(Cpu cpu, TaskStruct task, UtraceStruct utrace);
}

/// <summary>Variants up to C: a group stop in force or pending keeps the task asleep as a stopped one.</summary>
[Immutable]
internal class WakingIntoGroupStop : Waking
{
    /// <summary>Whether job control keeps the task asleep.</summary>
    /// <remarks>Locks: siglock.</remarks>
    protected virtual bool IsStopping(Cpu cpu, SignalStruct shared, SignalFlags flags)
        => (flags & SignalFlags.StopStopped) != SignalFlags.None || shared.GroupStopCount.Get(cpu) != 0;

    internal override async Op WakeUp(Cpu cpu, TaskStruct task, UtraceStruct utrace)
    {
        SighandStruct sighand = (await cpu.ReadOnce(task.Sighand))!;
        await sighand.Siglock.Acquire(cpu, UtraceSites.Siglock.WakeUp);
        SignalFlags flags = await cpu.ReadOnce(task.Signal.Flags);
        if (cpu.Makes(UtraceSites.Checks.WakeIntoStop) && IsStopping(cpu, task.Signal, flags))
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

/// <summary>Variant D: the task always runs; job control is the signal code's own business.</summary>
[Immutable]
internal sealed class WakingAlways : Waking
{
    internal override async Op WakeUp(Cpu cpu, TaskStruct task, UtraceStruct utrace)
    {
        SighandStruct sighand = (await cpu.ReadOnce(task.Sighand))!;
        await sighand.Siglock.Acquire(cpu, UtraceSites.Siglock.WakeUp);
        await Scheduling.WakeUpState(cpu, task, TaskState.TracedBit);
        await sighand.Siglock.Release(cpu);
    }
}
