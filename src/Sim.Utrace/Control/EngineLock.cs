using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Control;

/// <summary>The way from a task or an engine to the locked struct utrace. Source: spec section 3.0.</summary>
[Immutable]
internal sealed class EngineLock(UtraceCore core)
{
    /// <summary>task_utrace_struct(): the task's struct utrace, or null.</summary>
    /// <remarks>Context: any; the caller keeps the task alive. Spec: section 3.0 step 3.</remarks>
    internal async Op<UtraceStruct?> TaskUtraceStruct(Cpu cpu, TaskStruct task)
    {
        await cpu.SmpRmb(UtraceSites.PointerBeforeFlags.Load); // M3
        var utrace = (UtraceStruct?)await cpu.ReadOnce(task.Utrace);
        await cpu.ReadBarrierDepends(UtraceSites.PublishStruct.Deref); // M2
        return utrace;
    }

    /// <summary>get_utrace_lock(): the common beginning of calls on an engine.</summary>
    /// <remarks>
    /// Context: any task. Locks: on success utrace->lock is held.
    /// Returns: the struct, locked; or ESRCH when the engine is fully detached; for the detached
    ///          vector ESRCH, or ERESTARTSYS unless <paramref name="attached"/>.
    /// Linux:   kernel/utrace.c get_utrace_lock().
    /// </remarks>
    internal async Op<LockedUtrace> GetUtraceLock(
        Cpu cpu, TaskStruct target, UtraceEngine engine, bool attached, Site site)
    {
        await cpu.Task().Rcu.Lock(cpu);
        Errno error = Refuses(await cpu.ReadOnce(engine.Ops), attached);
        if (error == Errno.None && core.Variant.ComparesTask && !ReferenceEquals(engine.Task, target))
        {
            error = Errno.ESRCH;
        }

        if (error != Errno.None)
        {
            await cpu.Task().Rcu.Unlock(cpu);
            return new LockedUtrace(error, null);
        }

        UtraceStruct utrace = (await TaskUtraceStruct(cpu, target))!;
        await utrace.Lock.Acquire(cpu, site);
        if (cpu.Makes(UtraceSites.Checks.OpsUnderLock))
        {
            EngineOps? ops = await cpu.ReadOnce(engine.Ops);
            error = Refuses(ops, attached);
            if (error == Errno.None && core.Variant.RefusesReaped(attached) && utrace.Reap.Get(cpu))
            {
                error = Errno.ESRCH;
            }
        }

        if (error != Errno.None)
        {
            await utrace.Lock.Release(cpu);
        }

        await cpu.Task().Rcu.Unlock(cpu);
        return new LockedUtrace(error, error == Errno.None ? utrace : null);
    }

    private Errno Refuses(EngineOps? ops, bool attached)
    {
        if (ops is null)
        {
            return Errno.ESRCH;
        }

        if (!ReferenceEquals(ops, core.Detached))
        {
            return Errno.None;
        }

        return attached ? Errno.ESRCH : Errno.ERESTARTSYS;
    }
}

/// <summary>A struct utrace whose lock is held, or why not.</summary>
internal readonly record struct LockedUtrace(Errno Error, UtraceStruct? Utrace);
