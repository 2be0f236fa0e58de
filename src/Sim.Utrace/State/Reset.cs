using Sim.Kernel;
using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Utrace.State;

/// <summary>utrace_reset(): recomputes what is wanted and drops detached engines. Source: spec section 3.4.</summary>
[Immutable]
internal sealed class Reset(UtraceCore core)
{
    /// <summary>Recomputes utrace_flags from the engines that are left, and wakes a task that nobody holds.</summary>
    /// <remarks>
    /// Context: the task itself, or the task is stopped or dead; may run release callbacks.
    /// Locks:   utrace->lock on entry, released on return.
    /// Returns: whether no engine is left.
    /// Linux:   kernel/utrace.c utrace_reset().
    /// </remarks>
    internal async Op<bool> ResetUnlocking(Cpu cpu, TaskStruct task, UtraceStruct utrace)
    {
        Lockdep.AssertHeld(cpu, utrace.Lock);
        var dropped = new EngineBatch(task.Machine);
        await utrace.SpliceAttaching(cpu);
        UtraceEvents flags = await CollectFlags(cpu, utrace, dropped);

        if (await cpu.ReadOnce(task.ExitState) != ExitState.Alive)
        {
            if (utrace.Death.Get(cpu))
            {
                task.Machine.Violate("BUG", $"utrace_reset of {task} inside its death report");
            }

            flags &= core.Variant.WantedOfDead(cpu, utrace);
        }
        else if ((flags & UtraceEvents.Syscall) == UtraceEvents.None &&
            (await cpu.ReadOnce(task.ThreadFlags) & ThreadFlags.SyscallTrace) != ThreadFlags.None)
        {
            await cpu.ClearBits(task.ThreadFlags, ThreadFlags.SyscallTrace);
        }

        if (flags == UtraceEvents.None)
        {
            await cpu.WriteOnce(utrace.Resume, ResumeAction.Resume);
            utrace.SignalHandler.Set(cpu, false);
        }

        bool free = (flags & UtraceEvents.EngineStop) == UtraceEvents.None;
        if ((free || !cpu.Makes(UtraceSites.Checks.NobodyHolds)) && await Stopping.IsTraced(cpu, task))
        {
            if (core.Variant.ResetEndsStepping && await cpu.ReadOnce(utrace.Resume) == ResumeAction.Resume)
            {
                await task.Kernel.Stepping.Disable(cpu, task);
            }

            await core.Variant.Waking.WakeUp(cpu, task, utrace);
        }

        // Once the flags are 0 the releaser no longer takes the lock, and the task may vanish.
        bool inside = core.Variant.ResetsInReadSection;
        if (inside)
        {
            await cpu.Task().Rcu.Lock(cpu); // M8
        }

        await cpu.WriteOnce(task.UtraceFlags, flags);
        await utrace.Lock.Release(cpu);
        if (inside)
        {
            await cpu.Task().Rcu.Unlock(cpu);
        }

        await dropped.PutAll(cpu);
        return flags == UtraceEvents.None;
    }

    /// <summary>The union of what live engines want; detached ones move to <paramref name="dropped"/>.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    private async Op<UtraceEvents> CollectFlags(Cpu cpu, UtraceStruct utrace, EngineBatch dropped)
    {
        UtraceEvents flags = UtraceEvents.None;
        for (int i = 0; i < utrace.Attached.Count(cpu);)
        {
            UtraceEngine engine = utrace.Attached.At(cpu, i);
            if (ReferenceEquals(await cpu.ReadOnce(engine.Ops), core.Detached))
            {
                await cpu.WriteOnce(engine.Ops, null);
                utrace.Attached.Remove(cpu, engine);
                dropped.Engines.Add(cpu, engine);
            }
            else
            {
                flags |= await cpu.ReadOnce(engine.Flags) | UtraceEvents.Reap;
                i++;
            }
        }

        return flags;
    }
}
