using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Control;

/// <summary>utrace_set_events(). Source: spec section 3.2.</summary>
[Immutable]
internal sealed class SetEventsPath(UtraceCore core)
{
    /// <inheritdoc cref="UtraceCore.SetEvents"/>
    internal async Op<Errno> SetEvents(
        Cpu cpu, TaskStruct target, UtraceEngine engine, UtraceEvents events)
    {
        events &= ~UtraceEvents.EngineStop;
        (Errno error, UtraceStruct? utrace) = await core.GetUtraceLock(
            cpu, target, engine, attached: true, UtraceSites.UtraceLock.SetEvents);
        if (utrace is null)
        {
            return error;
        }

        error = await SetEventsLocked(cpu, target, utrace, engine, events);
        await utrace.Lock.Release(cpu);
        return error;
    }

    private static async Op<Errno> SetEventsLocked(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEngine engine, UtraceEvents events)
    {
        UtraceEvents oldUnion = await cpu.ReadOnce(target.UtraceFlags);
        UtraceEvents oldWithStop = await cpu.ReadOnce(engine.Flags);
        UtraceEvents old = oldWithStop & ~UtraceEvents.EngineStop;
        if (await cpu.ReadOnce(target.ExitState) != ExitState.Alive && IsTooLate(cpu, utrace, old, events))
        {
            return Errno.EALREADY;
        }

        UtraceEvents union = oldUnion;
        if ((events & ~oldUnion & UtraceEvents.DeathEvents) != UtraceEvents.None)
        {
            // The interlock with exit_notify(): exit_state cannot change while we hold the lock.
            await target.Kernel.Tasklist.AcquireRead(cpu, UtraceSites.DeathInterlock.SetEvents); // M6
            if (await cpu.ReadOnce(target.ExitState) != ExitState.Alive)
            {
                await target.Kernel.Tasklist.ReleaseRead(cpu, UtraceSites.DeathInterlock.SetEvents);
                return Errno.EALREADY;
            }

            union |= events;
            await cpu.WriteOnce(target.UtraceFlags, union);
            await target.Kernel.Tasklist.ReleaseRead(cpu, UtraceSites.DeathInterlock.SetEvents);
        }

        await cpu.WriteOnce(engine.Flags, events | (oldWithStop & UtraceEvents.EngineStop));
        if ((events & ~union) != UtraceEvents.None)
        {
            await cpu.WriteOnce(target.UtraceFlags, union | events);
        }

        if ((events & UtraceEvents.Syscall) != UtraceEvents.None &&
            (oldUnion & UtraceEvents.Syscall) == UtraceEvents.None)
        {
            await cpu.TestAndSet(target.ThreadFlags, ThreadFlags.SyscallTrace);
        }

        bool cleared = (old & ~events) != UtraceEvents.None;
        return cleared && !ReferenceEquals(cpu.Current, target) && await MayBeReporting(cpu, target, utrace, engine)
            ? Errno.EINPROGRESS
            : Errno.None;
    }

    /// <summary>A dead task: what can no longer be asked for, or taken back.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    private static bool IsTooLate(Cpu cpu, UtraceStruct utrace, UtraceEvents old, UtraceEvents events)
    {
        UtraceEvents set = events & ~old;
        UtraceEvents clear = old & ~events;
        return (set & UtraceEvents.DeathEvents) != UtraceEvents.None ||
            (utrace.Death.Get(cpu) && (clear & UtraceEvents.DeathEvents) != UtraceEvents.None) ||
            (utrace.Reap.Get(cpu) && (clear & UtraceEvents.Reap) != UtraceEvents.None);
    }

    /// <summary>Whether the running task may be making a callback that was asked for before.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    private static async Op<bool> MayBeReporting(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEngine engine)
    {
        TaskState state = await cpu.ReadOnce(target.State);
        if ((state & (TaskState.StoppedBit | TaskState.TracedBit)) != TaskState.Running ||
            await cpu.ReadOnce(target.ExitState) != ExitState.Alive)
        {
            return false;
        }

        await cpu.SmpMb(UtraceSites.ReportingVsFlags.SetEvents); // M5
        return ReferenceEquals(await cpu.ReadOnce(utrace.Reporting), engine);
    }
}
