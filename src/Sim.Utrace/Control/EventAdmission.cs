using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Control;

/// <summary>
/// Whether utrace_set_events() comes in time: what can still be asked of a task that dies, or taken back.
/// Source: spec section 3.2, steps 3 and 4.
/// </summary>
[Immutable]
internal abstract class EventAdmission
{
    /// <summary>Says whether a change is possible; adds the events to <c>utrace_flags</c> if it must be at once.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="target">The task.</param>
    /// <param name="utrace">Its struct utrace.</param>
    /// <param name="old">What the engine wants now.</param>
    /// <param name="events">What it is to want.</param>
    /// <remarks>Locks: utrace->lock; may take tasklist_lock for reading. Returns: None or EALREADY.</remarks>
    internal abstract Op<Errno> Admit(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEvents old, UtraceEvents events);

    /// <summary>
    /// The interlock with exit_notify(): exit_state cannot change while we hold tasklist_lock, so the dying task
    /// sees the events, or we see that it is dead.
    /// </summary>
    protected static async Op<Errno> Interlock(Cpu cpu, TaskStruct target, UtraceEvents events)
    {
        await target.Kernel.Tasklist.AcquireRead(cpu, UtraceSites.DeathInterlock.SetEvents); // M6
        bool dead = cpu.Makes(UtraceSites.Checks.InterlockDead) &&
            await cpu.ReadOnce(target.ExitState) != ExitState.Alive;
        if (!dead)
        {
            await SetEventsPath.AddToUnion(cpu, target, events);
        }

        await target.Kernel.Tasklist.ReleaseRead(cpu, UtraceSites.DeathInterlock.SetEvents);
        return dead ? Errno.EALREADY : Errno.None;
    }
}

/// <summary>Variants A, P and B: a test of exit_state first, then the interlock for events nobody wanted before.</summary>
[Immutable]
internal sealed class TestThenInterlock : EventAdmission
{
    internal override async Op<Errno> Admit(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEvents old, UtraceEvents events)
    {
        UtraceEvents union = await cpu.ReadOnce(target.UtraceFlags);
        if (cpu.Makes(UtraceSites.Checks.TooLateToSet) &&
            await cpu.ReadOnce(target.ExitState) != ExitState.Alive && IsTooLate(cpu, utrace, old, events))
        {
            return Errno.EALREADY;
        }

        return (events & ~union & UtraceEvents.DeathEvents) == UtraceEvents.None
            ? Errno.None
            : await Interlock(cpu, target, events);
    }

    /// <summary>A dead task: what can no longer be asked for, or taken back.</summary>
    private static bool IsTooLate(Cpu cpu, UtraceStruct utrace, UtraceEvents old, UtraceEvents events)
    {
        UtraceEvents set = events & ~old;
        UtraceEvents clear = old & ~events;
        return (set & UtraceEvents.DeathEvents) != UtraceEvents.None ||
            (utrace.Death.Get(cpu) && (clear & UtraceEvents.DeathEvents) != UtraceEvents.None) ||
            (utrace.Reap.Get(cpu) && (clear & UtraceEvents.Reap) != UtraceEvents.None);
    }
}

/// <summary>Variants C and D: the interlock for every death event that the engine did not want before.</summary>
[Immutable]
internal sealed class AlwaysInterlock : EventAdmission
{
    internal override async Op<Errno> Admit(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEvents old, UtraceEvents events)
    {
        if (cpu.Makes(UtraceSites.Checks.TooLateToSet) &&
            utrace.Death.Get(cpu) && (old & ~events & UtraceEvents.DeathEvents) != UtraceEvents.None)
        {
            return Errno.EALREADY;
        }

        return (events & ~old & UtraceEvents.DeathEvents) == UtraceEvents.None
            ? Errno.None
            : await Interlock(cpu, target, events);
    }
}
