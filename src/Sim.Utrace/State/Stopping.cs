using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Utrace.State;

/// <summary>
/// The stop and wake handshake. Source: spec sections 3.3 (wakeup) and 4.2. Group stops and SIGKILL
/// join with the signal path, and siglock with them.
/// </summary>
[Immutable]
internal sealed class Stopping(UtraceCore core)
{
    /// <summary>utrace_stop(): the current task sleeps until no engine holds it.</summary>
    /// <remarks>
    /// Context: current; sleeps. Locks: none on entry; takes utrace->lock.
    /// Linux:   kernel/utrace.c utrace_stop().
    /// </remarks>
    internal async Op Stop(Cpu cpu, TaskStruct task, UtraceStruct utrace, ResumeAction action)
    {
        while (true)
        {
            await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Report);
            if (action < await cpu.ReadOnce(utrace.Resume))
            {
                await cpu.WriteOnce(utrace.Resume, action);
                await cpu.TestAndSet(task.ThreadFlags, ThreadFlags.NotifyResume);
            }

            if ((await cpu.ReadOnce(task.UtraceFlags) & UtraceEvents.EngineStop) != UtraceEvents.None)
            {
                break;
            }

            await core.Reset.ResetUnlocking(cpu, task, utrace);
            if ((await cpu.ReadOnce(task.UtraceFlags) & UtraceEvents.EngineStop) == UtraceEvents.None)
            {
                return;
            }
        }

        await Scheduling.SetCurrentState(cpu, TaskState.Traced);
        await utrace.Lock.Release(cpu);
        await Scheduling.Schedule(cpu, TaskState.Traced);
    }

    /// <summary>wakeup(): lets a task that was stopped for tracing run again.</summary>
    /// <remarks>Locks: utrace->lock. Linux: kernel/utrace.c wakeup().</remarks>
    internal async Op WakeUp(Cpu cpu, TaskStruct task)
    {
        if (!ReferenceEquals(cpu.Current, task) &&
            (await cpu.ReadOnce(task.State) & TaskState.TracedBit) != TaskState.Running)
        {
            await cpu.CompareExchange(task.State, TaskState.Traced, TaskState.Running);
        }
    }
}
