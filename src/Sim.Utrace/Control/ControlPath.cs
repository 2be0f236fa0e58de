using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Control;

/// <summary>utrace_control(). Source: spec section 3.3.</summary>
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

        if (!core.Variant.TestsQuiesceUnderLock && await LacksQuiesce(cpu, engine, action))
        {
            return Errno.EINVAL;
        }

        (Errno error, UtraceStruct? utrace) = await core.Locking.GetUtraceLock(
            cpu, target, engine, attached: true, UtraceSites.UtraceLock.Control);
        if (utrace is null)
        {
            return error;
        }

        if (core.Variant.TestsQuiesceUnderLock && await LacksQuiesce(cpu, engine, action))
        {
            await utrace.Lock.Release(cpu);
            return Errno.EINVAL;
        }

        bool reset = await core.Variant.IsQuiescent(cpu, target, utrace, engine, action);
        if (cpu.Makes(UtraceSites.Checks.ControlDead) &&
            await cpu.ReadOnce(target.ExitState) != ExitState.Alive)
        {
            error = cpu.Makes(UtraceSites.Checks.DetachOfDead) ? RefusesDead(cpu, utrace, action) : Errno.ESRCH;
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

    /// <summary>Whether a report is asked for that the engine would not hear of.</summary>
    private static async Op<bool> LacksQuiesce(Cpu cpu, UtraceEngine engine, ResumeAction action)
        => action is ResumeAction.Report or ResumeAction.SingleStep or ResumeAction.BlockStep &&
            (await cpu.ReadOnce(engine.Flags) & UtraceEvents.Quiesce) == UtraceEvents.None;

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
                await Stopping.MarkWantsStop(cpu, target, engine);
                return reset || await core.Stopping.DoStop(cpu, target, utrace)
                    ? (Errno.None, false)
                    : (Errno.EINPROGRESS, false);

            case ResumeAction.Detach:
                return await Detach(cpu, target, utrace, engine, reset);

            case ResumeAction.Resume:
                await Stopping.ClearWantsStop(cpu, engine);
                return (await core.Variant.StepAtOnce(cpu, target, action, reset), reset);

            case ResumeAction.SingleStep or ResumeAction.BlockStep when !target.Kernel.Stepping.HasSingleStep:
                return (Errno.EOPNOTSUPP, false);

            case ResumeAction.SingleStep or ResumeAction.BlockStep when core.Variant.StepsAtOnce:
                Errno error = await core.Variant.StepAtOnce(cpu, target, action, reset);
                if (error == Errno.None)
                {
                    await Stopping.ClearWantsStop(cpu, engine);
                }

                return (error, reset && error == Errno.None);

            case ResumeAction.Report or ResumeAction.SingleStep or ResumeAction.BlockStep:
                await Request(cpu, target, utrace, engine, action);
                return (Errno.None, reset);

            case ResumeAction.Interrupt:
                await Interrupt(cpu, target, utrace, engine, reset);
                return (Errno.None, reset);

            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Asks the task to come by, and perhaps to step when it has.</summary>
    private async Op Request(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEngine engine, ResumeAction action)
    {
        if (action == ResumeAction.BlockStep && !target.Kernel.Stepping.HasBlockStep)
        {
            action = ResumeAction.SingleStep;
        }

        await Stopping.ClearWantsStop(cpu, engine);
        if (action < await cpu.ReadOnce(utrace.Resume))
        {
            await cpu.WriteOnce(utrace.Resume, action);
            await ReturnWork.SetNotifyResume(cpu, target); // M7
        }
    }

    /// <summary>Makes the task look for signals, out of an interruptible sleep if need be.</summary>
    private async Op Interrupt(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEngine engine, bool reset)
    {
        await Stopping.ClearWantsStop(cpu, engine);
        if (await cpu.ReadOnce(utrace.Resume) == ResumeAction.Interrupt)
        {
            return;
        }

        await cpu.WriteOnce(utrace.Resume, ResumeAction.Interrupt); // M10
        if (reset)
        {
            await cpu.TestAndSet(target.ThreadFlags, ThreadFlags.SignalPending);
            return;
        }

        if (!cpu.Makes(UtraceSites.Checks.InterruptWakes))
        {
            return;
        }

        await cpu.Task().Rcu.Lock(cpu);
        SighandStruct? sighand = await SendPath.LockTaskSighand(cpu, target, UtraceSites.Siglock.Interrupt);
        await cpu.Task().Rcu.Unlock(cpu);
        if (sighand is not null)
        {
            await target.Kernel.Pending.SignalWakeUp(cpu, target, resume: false);
            await sighand.Siglock.Release(cpu);
        }
    }

    private async Op<(Errno Error, bool Reset)> Detach(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEngine engine, bool reset)
    {
        UtraceEvents flags = await cpu.ReadOnce(engine.Flags);
        if ((flags & UtraceEvents.EngineStop) != UtraceEvents.None)
        {
            await core.Variant.DropStopOfDetached(cpu, target, utrace, engine);
        }

        await core.Variant.MarkDetached(cpu, engine, core.Detached);
        reset = reset || await core.Stopping.DoStop(cpu, target, utrace);
        if (!reset)
        {
            await cpu.SmpMb(UtraceSites.ReportingVsFlags.Detach); // M5
            if (cpu.Makes(UtraceSites.Checks.DetachReporting) &&
                ReferenceEquals(await cpu.ReadOnce(utrace.Reporting), engine))
            {
                return (Errno.EINPROGRESS, false);
            }
        }

        return (Errno.None, reset);
    }
}
