using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace.State;

namespace Sim.Utrace.Control;

/// <summary>utrace_attach_task(). Source: spec section 3.1.</summary>
[Immutable]
internal sealed class AttachPath(UtraceCore core)
{
    /// <inheritdoc cref="UtraceCore.AttachTask"/>
    internal async Op<AttachResult> AttachTask(
        Cpu cpu, TaskStruct target, AttachFlags flags, EngineOps? ops, MachineObject? data)
    {
        UtraceStruct? utrace = await core.TaskUtraceStruct(cpu, target);
        if ((flags & AttachFlags.Create) == AttachFlags.None)
        {
            return await Lookup(cpu, utrace, flags, ops, data);
        }

        if (ops is null || ReferenceEquals(ops, core.Detached))
        {
            return new AttachResult(Errno.EINVAL, null);
        }

        if ((await cpu.ReadOnce(target.Flags) & TaskFlags.KernelThread) != TaskFlags.None)
        {
            return new AttachResult(Errno.EPERM, null);
        }

        utrace ??= await Install(cpu, target);
        var engine = new UtraceEngine(target.Machine, ops, data);
        Errno error = await AddEngine(cpu, target, utrace, engine, flags);
        if (error != Errno.None)
        {
            await cpu.Free(engine);
            return new AttachResult(error, null);
        }

        return new AttachResult(Errno.None, engine);
    }

    /// <summary>utrace_task_alloc(): makes struct utrace and installs it unless another was faster.</summary>
    private static async Op<UtraceStruct> Install(Cpu cpu, TaskStruct target)
    {
        var utrace = new UtraceStruct(target);
        await target.AllocLock.Acquire(cpu, UtraceSites.InstallLock);
        var installed = (UtraceStruct?)await cpu.ReadOnce(target.Utrace);
        if (installed is null)
        {
            await cpu.SmpWmb(UtraceSites.PublishStruct.Init); // M2
            await cpu.WriteOnce(target.Utrace, utrace);
        }

        await target.AllocLock.Release(cpu);
        if (installed is null)
        {
            return utrace;
        }

        await cpu.Free(utrace);
        return installed;
    }

    /// <summary>utrace_add_engine(): links the engine, unless the task is already being released.</summary>
    /// <remarks>Locks: takes utrace->lock.</remarks>
    private static async Op<Errno> AddEngine(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEngine engine, AttachFlags flags)
    {
        await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Attach);
        if ((flags & AttachFlags.Exclusive) != AttachFlags.None &&
            await Find(cpu, utrace, flags, engine.Ops.Peek, engine.Data) is not null)
        {
            await utrace.Lock.Release(cpu);
            return Errno.EEXIST;
        }

        if (await cpu.ReadOnce(target.UtraceFlags) == UtraceEvents.None)
        {
            // With REAP set, a releaser that has not looked yet will look at utrace.
            await cpu.WriteOnce(target.UtraceFlags, UtraceEvents.Reap);
            await cpu.SmpMb(UtraceSites.AttachVsRelease.Attach); // M1
            if (await cpu.ReadOnce(target.ExitState) == ExitState.Dead)
            {
                await cpu.WriteOnce(target.UtraceFlags, UtraceEvents.None);
                await utrace.Lock.Release(cpu);
                return Errno.ESRCH;
            }
        }

        // Never spliced here, so that an engine born in a callback does not see the event being reported.
        utrace.Attaching.Add(cpu, engine);
        await cpu.WriteOnce(utrace.PendingAttach, true);
        await utrace.Lock.Release(cpu);
        return Errno.None;
    }

    private static async Op<AttachResult> Lookup(
        Cpu cpu, UtraceStruct? utrace, AttachFlags flags, EngineOps? ops, MachineObject? data)
    {
        if (utrace is null)
        {
            return new AttachResult(Errno.ENOENT, null);
        }

        await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Attach);
        UtraceEngine? found = await Find(cpu, utrace, flags, ops, data);
        if (found is not null)
        {
            await found.Get(cpu);
        }

        await utrace.Lock.Release(cpu);
        return new AttachResult(found is null ? Errno.ENOENT : Errno.None, found);
    }

    /// <summary>find_matching_engine(): the first live engine that matches.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    private static async Op<UtraceEngine?> Find(
        Cpu cpu, UtraceStruct utrace, AttachFlags flags, EngineOps? ops, MachineObject? data)
        => await FindIn(cpu, utrace.Attached, flags, ops, data) ??
            await FindIn(cpu, utrace.Attaching, flags, ops, data);

    private static async Op<UtraceEngine?> FindIn(
        Cpu cpu, MachineList<UtraceEngine> engines, AttachFlags flags, EngineOps? ops, MachineObject? data)
    {
        for (int i = 0; i < engines.Count(cpu); i++)
        {
            UtraceEngine engine = engines.At(cpu, i);
            EngineOps? its = await cpu.ReadOnce(engine.Ops);
            if (its is null or DetachedOps ||
                ((flags & AttachFlags.MatchOps) != AttachFlags.None && !ReferenceEquals(its, ops)) ||
                ((flags & AttachFlags.MatchData) != AttachFlags.None && !ReferenceEquals(engine.Data, data)))
            {
                continue;
            }

            return engine;
        }

        return null;
    }
}
