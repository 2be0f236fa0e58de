using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.Control;

namespace Sim.Utrace.State;

/// <summary>
/// The stop and wake handshake between a task and whoever controls it, group stops and SIGKILL included.
/// Source: spec sections 3.3 (do_stop, wakeup), 3.8, 4.2.
/// </summary>
[Immutable]
internal sealed class Stopping(UtraceCore core)
{
    /// <summary>task_is_traced().</summary>
    internal static async Op<bool> IsTraced(Cpu cpu, TaskStruct task)
        => (await cpu.ReadOnce(task.State) & TaskState.TracedBit) != TaskState.Running;

    /// <summary>mark_engine_wants_stop(): the engine holds the task.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    internal static async Op MarkWantsStop(Cpu cpu, TaskStruct target, UtraceEngine engine)
    {
        UtraceEvents flags = await cpu.ReadOnce(engine.Flags);
        await cpu.WriteOnce(engine.Flags, flags | UtraceEvents.EngineStop);
        await SetEventsPath.AddToUnion(cpu, target, UtraceEvents.EngineStop);
    }

    /// <summary>clear_engine_wants_stop(): it no longer does.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    internal static async Op ClearWantsStop(Cpu cpu, UtraceEngine engine)
    {
        UtraceEvents flags = await cpu.ReadOnce(engine.Flags);
        if ((flags & UtraceEvents.EngineStop) != UtraceEvents.None)
        {
            await cpu.WriteOnce(engine.Flags, flags & ~UtraceEvents.EngineStop);
        }
    }

    /// <summary>utrace_stop(): the current task sleeps until no engine holds it.</summary>
    /// <param name="cpu">The task's processor.</param>
    /// <param name="task">current.</param>
    /// <param name="utrace">Its struct utrace.</param>
    /// <param name="action">What is to be done on the way to user mode after the stop.</param>
    /// <remarks>
    /// Context: current; sleeps. Locks: none on entry; takes utrace->lock and siglock.
    /// Linux:   kernel/utrace.c utrace_stop().
    /// </remarks>
    internal async Op Stop(Cpu cpu, TaskStruct task, UtraceStruct utrace, ResumeAction action)
    {
        if (!await BeginStop(cpu, task, utrace, action))
        {
            return;
        }

        // siglock against SIGKILL, which wakes us, and for the count of a group stop.
        SighandStruct sighand = (await cpu.ReadOnce(task.Sighand))!;
        await sighand.Siglock.Acquire(cpu, UtraceSites.Siglock.Stop);
        if (cpu.Makes(UtraceSites.Checks.StopKilled) && await core.Variant.IsKilled(cpu, task))
        {
            await sighand.Siglock.Release(cpu);
            await utrace.Lock.Release(cpu);
            return;
        }

        await Scheduling.SetCurrentStateRelaxed(cpu, TaskState.Traced);
        if (core.Variant.CountsGroupStops && task.Signal.GroupStopCount.Get(cpu) != 0)
        {
            await core.Variant.CountStopped(cpu, task.Signal);
        }

        await sighand.Siglock.Release(cpu);
        await utrace.Lock.Release(cpu);
        await Scheduling.Schedule(cpu, TaskState.Traced);
        await FinishStop(cpu, task, utrace);
        if (!core.Variant.RecalculatesAfterStop)
        {
            return;
        }

        await sighand.Siglock.Acquire(cpu);
        await task.Kernel.Pending.RecalcSigpending(cpu);
        await sighand.Siglock.Release(cpu);
    }

    /// <summary>utrace_finish_stop(): a task that SIGKILL woke waits for whoever still believes it is stopped.</summary>
    /// <remarks>Context: current, after a stop; sleeps. Locks: none.</remarks>
    internal async Op FinishStop(Cpu cpu, TaskStruct task, UtraceStruct utrace)
    {
        if (!await core.Variant.IsKilled(cpu, task))
        {
            return;
        }

        if (cpu.Makes(UtraceSites.UtraceLock.FinishStop)) // M12
        {
            if (core.Variant.LocksAfterStop && cpu.Makes(UtraceSites.UtraceLock.FinishStopTaken))
            {
                await utrace.Lock.Acquire(cpu);
                await utrace.Lock.Release(cpu);
            }
            else
            {
                await utrace.Lock.UnlockWait(cpu);
            }
        }

        Lockdep.MightSleep(cpu, "utrace_finish_stop()");
        if (core.Variant.HonoursFreeze)
        {
            await cpu.LoadWhen(utrace.FreezeStop, GuardKind.Equal, false);
        }
    }

    /// <summary>do_stop(): turns a group stop into a stop for tracing, or asks a running task to come by.</summary>
    /// <remarks>Locks: utrace->lock; takes siglock. Returns: whether the task is stopped for tracing now.</remarks>
    internal async Op<bool> DoStop(Cpu cpu, TaskStruct target, UtraceStruct utrace)
    {
        if (await core.Variant.TakeOver(cpu, target, utrace))
        {
            return !cpu.Makes(UtraceSites.Checks.StopAnswer) || await core.Variant.IsStopped(cpu, target, utrace);
        }

        if (cpu.Makes(UtraceSites.Checks.StopRequest) && await cpu.ReadOnce(utrace.Resume) > ResumeAction.Report)
        {
            await cpu.WriteOnce(utrace.Resume, ResumeAction.Report);
            await ReturnWork.SetNotifyResume(cpu, target); // M7
        }

        return !cpu.Makes(UtraceSites.Checks.StopAnswer) || await core.Variant.IsStopped(cpu, target, utrace);
    }

    /// <summary>Turns a group stop into a stop for tracing, so that SIGCONT does not set the task going.</summary>
    /// <remarks>Locks: utrace->lock; takes siglock. Returns: whether job control had stopped the task.</remarks>
    internal static async Op<bool> TakeOver(Cpu cpu, TaskStruct target)
    {
        if (!await IsStopped(cpu, target))
        {
            return false;
        }

        // A stopped task has not been released, so its handlers are there; SIGCONT and SIGKILL wake under siglock.
        SighandStruct sighand = (await cpu.ReadOnce(target.Sighand))!;
        await sighand.Siglock.Acquire(cpu, UtraceSites.Siglock.DoStop);
        if (!cpu.Makes(UtraceSites.Checks.StillStopped) || await IsStopped(cpu, target)) // M11
        {
            await cpu.WriteOnce(target.State, TaskState.Traced);
        }

        await sighand.Siglock.Release(cpu);
        return true;
    }

    /// <summary>Whether job control has stopped a task.</summary>
    internal static async Op<bool> IsStopped(Cpu cpu, TaskStruct task)
        => (await cpu.ReadOnce(task.State) & TaskState.StoppedBit) != TaskState.Running;

    /// <summary>utrace_freeze_stop() and utrace_unfreeze_stop().</summary>
    internal async Op Freeze(Cpu cpu, TaskStruct target, bool freeze)
    {
        if (await core.Locking.TaskUtraceStruct(cpu, target) is { } utrace)
        {
            await cpu.WriteOnce(utrace.FreezeStop, freeze);
        }
    }

    /// <summary>The part of utrace_stop() before siglock: whether an engine still holds the task.</summary>
    /// <returns>If so, with utrace->lock held.</returns>
    private async Op<bool> BeginStop(Cpu cpu, TaskStruct task, UtraceStruct utrace, ResumeAction action)
    {
        while (true)
        {
            await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Stop);
            if (action < await cpu.ReadOnce(utrace.Resume))
            {
                await cpu.WriteOnce(utrace.Resume, action);
                await cpu.TestAndSet(task.ThreadFlags, ReportWork(action));
            }

            if (!cpu.Makes(UtraceSites.Checks.StillHeld) || await core.Variant.IsHeld(cpu, task, utrace))
            {
                return true;
            }

            // Everyone let go since the callbacks; but an engine may take hold again while we look.
            await core.Reset.ResetUnlocking(cpu, task, utrace);
            if (!await UnionHolds(cpu, task))
            {
                return false;
            }
        }
    }

    /// <summary>What makes the task see an action on the way to user mode.</summary>
    internal static ThreadFlags ReportWork(ResumeAction action)
        => action == ResumeAction.Interrupt ? ThreadFlags.SignalPending : ThreadFlags.NotifyResume;

    /// <summary>Whether utrace_flags says that an engine holds the task.</summary>
    internal static async Op<bool> UnionHolds(Cpu cpu, TaskStruct task)
        => (await cpu.ReadOnce(task.UtraceFlags) & UtraceEvents.EngineStop) != UtraceEvents.None;
}
