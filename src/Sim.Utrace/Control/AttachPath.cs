using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Pids;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace.State;

namespace Sim.Utrace.Control;

/// <summary>utrace_attach_task() with UTRACE_ATTACH_CREATE. Source: spec section 3.1.</summary>
[Immutable]
internal sealed class AttachPath(UtraceCore core)
{
    /// <inheritdoc cref="UtraceCore.AttachPid"/>
    internal async Op<AttachResult> AttachPid(
        Cpu cpu, Pid pid, AttachFlags flags, EngineOps? ops, MachineObject? data)
    {
        await cpu.Task().Rcu.Lock(cpu);
        TaskStruct? target = await cpu.ReadOnce(pid.Task);
        if (target is not null)
        {
            await target.Get(cpu);
        }

        await cpu.Task().Rcu.Unlock(cpu);
        if (target is null)
        {
            return AttachResult.Failed(Errno.ESRCH);
        }

        AttachResult result = await AttachTask(cpu, target, flags, ops, data);
        if (cpu.Makes(UtraceSites.Checks.AttachPidPut))
        {
            await target.Put(cpu);
        }

        return result;
    }

    /// <inheritdoc cref="UtraceCore.AttachTask"/>
    internal async Op<AttachResult> AttachTask(
        Cpu cpu, TaskStruct target, AttachFlags flags, EngineOps? ops, MachineObject? data)
    {
        UtraceStruct? utrace = await core.Locking.TaskUtraceStruct(cpu, target);
        if ((flags & AttachFlags.Create) == AttachFlags.None)
        {
            return await EngineLookup.Lookup(cpu, utrace, flags, ops, data);
        }

        if (ops is null || ReferenceEquals(ops, core.Detached))
        {
            return AttachResult.Failed(Errno.EINVAL);
        }

        if ((await cpu.ReadOnce(target.Flags) & TaskFlags.KernelThread) != TaskFlags.None)
        {
            return AttachResult.Failed(Errno.EPERM);
        }

        utrace ??= await Install(cpu, target);
        var engine = new UtraceEngine(target, ops, data);
        Errno error = await core.Variant.BeforeAttach(cpu, target);
        if (error == Errno.None)
        {
            do
            {
                error = await AddEngine(cpu, target, utrace, engine, flags);
            }
            while (error == Errno.ESRCH && await core.Variant.RetriesAttach(cpu, target));
        }

        if (error != Errno.None)
        {
            await cpu.Free(engine);
            return AttachResult.Failed(error);
        }

        return new AttachResult(Errno.None, engine);
    }

    /// <summary>utrace_task_alloc(): makes struct utrace and installs it unless another was faster.</summary>
    private static async Op<UtraceStruct> Install(Cpu cpu, TaskStruct target)
    {
        var utrace = new UtraceStruct(target);
        await target.AllocLock.Acquire(cpu, UtraceSites.InstallLock);
        UtraceStruct? installed = cpu.Makes(UtraceSites.Checks.Installed)
            ? (UtraceStruct?)await cpu.ReadOnce(target.Utrace)
            : null;
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
    private async Op<Errno> AddEngine(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEngine engine, AttachFlags flags)
    {
        await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Attach);
        if ((flags & AttachFlags.Exclusive) != AttachFlags.None &&
            await EngineLookup.Find(cpu, utrace, flags, engine.Ops.Peek, engine.Data) is not null)
        {
            await utrace.Lock.Release(cpu);
            return Errno.EEXIST;
        }

        if (await cpu.ReadOnce(target.UtraceFlags) == UtraceEvents.None)
        {
            // With REAP set, a releaser that has not looked yet will look at utrace.
            await cpu.WriteOnce(target.UtraceFlags, UtraceEvents.Reap);
            await cpu.SmpMb(UtraceSites.AttachVsRelease.Attach); // M1
            if (cpu.Makes(UtraceSites.Checks.AttachToDead) &&
                await cpu.ReadOnce(target.ExitState) == ExitState.Dead)
            {
                await cpu.WriteOnce(target.UtraceFlags, UtraceEvents.None);
                await utrace.Lock.Release(cpu);
                return Errno.ESRCH;
            }
        }
        else if (core.Variant.RefusesAttachToReaped && utrace.Reap.Get(cpu))
        {
            await utrace.Lock.Release(cpu);
            return Errno.ESRCH;
        }

        // Never spliced here, so that an engine born in a callback does not see the event being reported.
        utrace.Attaching.Add(cpu, engine);
        await cpu.WriteOnce(utrace.PendingAttach, true);
        if (ReferenceEquals(cpu.Current, target) && !cpu.Makes(UtraceSites.Checks.WaitsForPass))
        {
            await utrace.SpliceAttaching(cpu);
        }

        await core.Variant.AfterAttach(cpu, target, utrace);
        await utrace.Lock.Release(cpu);
        return Errno.None;
    }
}
