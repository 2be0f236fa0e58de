using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Control;

/// <summary>utrace_control(). Source: spec section 3.3.</summary>
/// <remarks>
/// Stepping is refused as on hardware without it, and INTERRUPT needs signal delivery: both arrive
/// with Sim.Arch and the signal path. Job-control stops do not exist yet, so do_stop() has only the
/// half for a running task.
/// </remarks>
[Immutable]
internal sealed class ControlPath(UtraceCore core)
{
    /// <inheritdoc cref="UtraceCore.Control"/>
    internal async Op<Errno> Control(
        Cpu cpu, TaskStruct target, UtraceEngine engine, ResumeAction action)
    {
        if (action is < ResumeAction.Stop or > ResumeAction.Detach)
        {
            return Errno.EINVAL;
        }

        if (action is ResumeAction.Report or ResumeAction.SingleStep or ResumeAction.BlockStep &&
            (await cpu.ReadOnce(engine.Flags) & UtraceEvents.Quiesce) == UtraceEvents.None)
        {
            return Errno.EINVAL;
        }

        (Errno error, UtraceStruct? utrace) = await core.GetUtraceLock(
            cpu, target, engine, attached: true, UtraceSites.UtraceLock.Control);
        if (utrace is null)
        {
            return error;
        }

        bool reset = await IsTraced(cpu, target);
        if (await cpu.ReadOnce(target.ExitState) != ExitState.Alive)
        {
            error = RefusesDead(cpu, utrace, action);
            if (error != Errno.None)
            {
                await utrace.Lock.Release(cpu);
                return error;
            }

            reset = true;
        }

        (error, reset) = await Act(cpu, target, utrace, engine, action, reset);
        if (reset)
        {
            await core.Reset.ResetUnlocking(cpu, target, utrace);
        }
        else
        {
            await utrace.Lock.Release(cpu);
        }

        return error;
    }

    /// <summary>A dead task can only be let go, and not while its death is being reported.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    private static Errno RefusesDead(Cpu cpu, UtraceStruct utrace, ResumeAction action)
    {
        if (action != ResumeAction.Detach || utrace.Reap.Get(cpu))
        {
            return Errno.ESRCH;
        }

        return utrace.Death.Get(cpu) ? Errno.EALREADY : Errno.None;
    }

    /// <summary>Returns the answer, and whether utrace_reset() has to follow.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    private async Op<(Errno Error, bool Reset)> Act(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEngine engine, ResumeAction action, bool reset)
    {
        switch (action)
        {
            case ResumeAction.Stop:
                await MarkWantsStop(cpu, target, engine);
                return reset || await DoStop(cpu, target, utrace)
                    ? (Errno.None, false)
                    : (Errno.EINPROGRESS, false);

            case ResumeAction.Detach:
                return await Detach(cpu, target, utrace, engine, reset);

            case ResumeAction.Resume:
                await ClearWantsStop(cpu, engine);
                return (Errno.None, reset);

            case ResumeAction.Report:
                await ClearWantsStop(cpu, engine);
                if (action < await cpu.ReadOnce(utrace.Resume))
                {
                    await cpu.WriteOnce(utrace.Resume, action);
                    await ReturnWork.SetNotifyResume(cpu, target);
                }

                return (Errno.None, reset);

            case ResumeAction.SingleStep or ResumeAction.BlockStep or ResumeAction.Interrupt:
                return (Errno.EOPNOTSUPP, false);

            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Op<(Errno Error, bool Reset)> Detach(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEngine engine, bool reset)
    {
        UtraceEvents flags = await cpu.ReadOnce(engine.Flags);
        if ((flags & UtraceEvents.EngineStop) != UtraceEvents.None)
        {
            UtraceEvents union = await cpu.ReadOnce(target.UtraceFlags);
            await cpu.WriteOnce(target.UtraceFlags, union & ~UtraceEvents.EngineStop);
        }

        await cpu.WriteOnce(engine.Ops, core.Detached);
        await cpu.SmpWmb(UtraceSites.DetachPublish.Mark); // M4
        await cpu.WriteOnce(engine.Flags, UtraceEvents.Quiesce);
        reset = reset || await DoStop(cpu, target, utrace);
        if (!reset)
        {
            await cpu.SmpMb(UtraceSites.ReportingVsFlags.Detach); // M5
            if (ReferenceEquals(await cpu.ReadOnce(utrace.Reporting), engine))
            {
                return (Errno.EINPROGRESS, false);
            }
        }

        return (Errno.None, reset);
    }

    /// <summary>do_stop(): asks a running task to come by.</summary>
    /// <remarks>Locks: utrace->lock. Returns: whether the task is stopped for tracing now.</remarks>
    private static async Op<bool> DoStop(Cpu cpu, TaskStruct target, UtraceStruct utrace)
    {
        if (await cpu.ReadOnce(utrace.Resume) > ResumeAction.Report)
        {
            await cpu.WriteOnce(utrace.Resume, ResumeAction.Report);
            await ReturnWork.SetNotifyResume(cpu, target); // M7
        }

        return await IsTraced(cpu, target);
    }

    private static async Op<bool> IsTraced(Cpu cpu, TaskStruct target)
        => (await cpu.ReadOnce(target.State) & TaskState.TracedBit) != TaskState.Running;

    /// <summary>mark_engine_wants_stop().</summary>
    private static async Op MarkWantsStop(Cpu cpu, TaskStruct target, UtraceEngine engine)
    {
        UtraceEvents flags = await cpu.ReadOnce(engine.Flags);
        await cpu.WriteOnce(engine.Flags, flags | UtraceEvents.EngineStop);
        UtraceEvents union = await cpu.ReadOnce(target.UtraceFlags);
        await cpu.WriteOnce(target.UtraceFlags, union | UtraceEvents.EngineStop);
    }

    /// <summary>clear_engine_wants_stop().</summary>
    private static async Op ClearWantsStop(Cpu cpu, UtraceEngine engine)
    {
        UtraceEvents flags = await cpu.ReadOnce(engine.Flags);
        if ((flags & UtraceEvents.EngineStop) != UtraceEvents.None)
        {
            await cpu.WriteOnce(engine.Flags, flags & ~UtraceEvents.EngineStop);
        }
    }
}
