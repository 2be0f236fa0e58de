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
        (Errno error, UtraceStruct? utrace) = await core.Locking.GetUtraceLock(
            cpu, target, engine, attached: true, UtraceSites.UtraceLock.SetEvents);
        if (utrace is null)
        {
            return error;
        }

        error = await SetEventsLocked(cpu, target, utrace, engine, events);
        await utrace.Lock.Release(cpu);
        return error;
    }

    private async Op<Errno> SetEventsLocked(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEngine engine, UtraceEvents events)
    {
        UtraceEvents union = await cpu.ReadOnce(target.UtraceFlags);
        UtraceEvents flags = await cpu.ReadOnce(engine.Flags);
        UtraceEvents old = flags & ~UtraceEvents.EngineStop;
        bool addsSyscalls = (events & UtraceEvents.Syscall) != UtraceEvents.None &&
            (union & UtraceEvents.Syscall) == UtraceEvents.None;

        Errno error = await core.Variant.Admission.Admit(cpu, target, utrace, old, events);
        if (error != Errno.None)
        {
            return error;
        }

        await cpu.WriteOnce(engine.Flags, events | (flags & UtraceEvents.EngineStop));
        await AddToUnion(cpu, target, events);
        if (addsSyscalls)
        {
            await cpu.TestAndSet(target.ThreadFlags, ThreadFlags.SyscallTrace);
        }

        bool cleared = (old & ~events) != UtraceEvents.None;
        return cleared && !ReferenceEquals(cpu.Current, target) && await MayBeReporting(cpu, target, utrace, engine)
            ? Errno.EINPROGRESS
            : Errno.None;
    }

    /// <summary>
    /// Adds bits to <c>utrace_flags</c>. Every writer holds utrace->lock, so leaving out a store that would
    /// change nothing cannot be noticed.
    /// </summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    internal static async Op AddToUnion(Cpu cpu, TaskStruct target, UtraceEvents events)
    {
        UtraceEvents union = await cpu.ReadOnce(target.UtraceFlags);
        if ((events & ~union) != UtraceEvents.None)
        {
            await cpu.WriteOnce(target.UtraceFlags, union | events);
        }
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
        return cpu.Makes(UtraceSites.Checks.SetEventsReporting) &&
            ReferenceEquals(await cpu.ReadOnce(utrace.Reporting), engine);
    }
}
