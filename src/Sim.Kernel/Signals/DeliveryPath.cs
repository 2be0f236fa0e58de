using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Signals;

/// <summary>A signal that is to be delivered to a handler; 0 when there is none.</summary>
public readonly record struct DeliveredSignal(int Signal, SigInfo Info, SigAction Action);

/// <summary>
/// The way from a pending signal to what it does: stop, death, nothing, or a handler. Source: kernel/signal.c
/// get_signal_to_deliver().
/// </summary>
[Immutable]
public sealed class DeliveryPath(LinuxKernel kernel)
{
    private enum Next
    {
        /// <summary>Look for another signal, siglock held.</summary>
        Continue,

        /// <summary>Begin again, siglock released.</summary>
        Relock,

        /// <summary>A handler is to run, siglock held.</summary>
        Handler,
    }

    /// <summary>
    /// Takes signals until one has a handler or none is left; stops and kills the current task as they say.
    /// </summary>
    /// <remarks>
    /// Context: current, on the way to user mode; sleeps in stops; does not return from a fatal signal.
    /// Locks:   takes siglock; none on return.
    /// Returns: the signal whose handler is to run, or 0.
    /// </remarks>
    public async Op<DeliveredSignal> GetSignalToDeliver(Cpu cpu)
    {
        TaskStruct task = cpu.Task();
        while (true)
        {
            SighandStruct sighand = await kernel.LockOwnSighand(cpu);
            SignalFlags flags = await cpu.ReadOnce(task.Signal.Flags);
            if ((flags & SignalFlags.CldMask) != SignalFlags.None)
            {
                await TellOfContinue(cpu, task, sighand, flags);
                continue;
            }

            Next next = Next.Continue;
            while (next == Next.Continue)
            {
                SignalVerdict verdict = await ChooseSignal(cpu, task, sighand);
                if (verdict.Signal == 0)
                {
                    await sighand.Siglock.Release(cpu);
                    return default;
                }

                next = verdict.Signal < 0 ? Next.Relock : await Act(cpu, task, sighand, verdict);
                if (next == Next.Handler)
                {
                    await sighand.Siglock.Release(cpu);
                    return new DeliveredSignal(verdict.Signal, verdict.Info, verdict.Action);
                }
            }
        }
    }

    /// <summary>The first thread that comes back from a stop tells the parent that the group went on.</summary>
    private async Op TellOfContinue(Cpu cpu, TaskStruct task, SighandStruct sighand, SignalFlags flags)
    {
        // A wait with WCONTINUED may have taken SIGNAL_STOP_CONTINUED away by now; 2.6.32 then says CLD_STOPPED.
        int why = (flags & SignalFlags.StopContinued) != SignalFlags.None ? SiCode.Continued : SiCode.Stopped;
        await cpu.WriteOnce(task.Signal.Flags, flags & ~SignalFlags.CldMask);
        why = await kernel.Tracehook.NotifyJctl(cpu, sighand, why, SiCode.Continued);
        await sighand.Siglock.Release(cpu);
        if (why != 0)
        {
            await kernel.Tasklist.AcquireRead(cpu);
            await kernel.Notice.OfJobControl(cpu, task.GroupLeader.Get(cpu)!, why);
            await kernel.Tasklist.ReleaseRead(cpu);
        }
    }

    /// <summary>Asks the tracing layer first, then joins a group stop in progress, then takes a signal.</summary>
    /// <remarks>
    /// Plain 2.6.32 joins the stop first. The tracehook patches that utrace stands on moved it behind the hook ("check
    /// group_stop_count after tracehook_get_signal()", December 2009), so that a tracer sees the stop coming; without
    /// tracing the hook says nothing and the order does not matter.
    /// </remarks>
    /// <returns>Less than 0 when siglock was released and all begins again; 0 for no signal.</returns>
    private async Op<SignalVerdict> ChooseSignal(Cpu cpu, TaskStruct task, SighandStruct sighand)
    {
        SignalVerdict verdict = await kernel.Tracehook.GetSignal(cpu, sighand);
        if (verdict.Signal != 0)
        {
            return verdict;
        }

        if (task.Signal.GroupStopCount.Get(cpu) > 0 && await kernel.GroupStop.DoSignalStop(cpu, sighand, 0))
        {
            return SignalVerdict.Again;
        }

        DequeuedSignal taken = await kernel.Pending.Dequeue(cpu, task, task.Blocked.Get(cpu));
        return taken.Signal == 0
            ? default
            : new SignalVerdict(taken.Signal, taken.Info, sighand.Action.Get(cpu)![taken.Signal]);
    }

    private async Op<Next> Act(Cpu cpu, TaskStruct task, SighandStruct sighand, SignalVerdict verdict)
    {
        (int signal, SigInfo info, SigAction action) = verdict;
        if (action.IsIgnore)
        {
            return Next.Continue;
        }

        if (!action.IsDefault)
        {
            if ((action.Flags & SaFlags.ResetHand) != SaFlags.None)
            {
                SigActionTable actions = sighand.Action.Get(cpu)!;
                sighand.Action.Set(cpu, actions.With(signal, actions[signal] with { Handler = 0, Routine = null }));
            }

            return Next.Handler;
        }

        if (Abi.Signals.KernelIgnore.Contains(signal))
        {
            return Next.Continue;
        }

        SignalFlags flags = await cpu.ReadOnce(task.Signal.Flags);
        if ((flags & SignalFlags.Unkillable) != SignalFlags.None && !Abi.Signals.KernelOnly.Contains(signal))
        {
            return Next.Continue;
        }

        if (Abi.Signals.KernelStop.Contains(signal))
        {
            return await Stop(cpu, task, sighand, signal, info);
        }

        await sighand.Siglock.Release(cpu);
        await Die(cpu, task, signal, info);
        return Next.Relock;
    }

    /// <summary>SIGSTOP always stops; the stop signals of terminals do nothing in an orphaned process group.</summary>
    private async Op<Next> Stop(Cpu cpu, TaskStruct task, SighandStruct sighand, int signal, SigInfo info)
    {
        if (signal != Abi.Signals.SIGSTOP)
        {
            // siglock comes after tasklist_lock in the lock order; SIGCONT may arrive meanwhile.
            await sighand.Siglock.Release(cpu);
            if (await kernel.Orphans.IsCurrentPgrpOrphaned(cpu, task))
            {
                return Next.Relock;
            }

            await sighand.Siglock.Acquire(cpu);
        }

        return await kernel.GroupStop.DoSignalStop(cpu, sighand, info.Signo) ? Next.Relock : Next.Continue;
    }

    /// <summary>A fatal signal, maybe with a core dump. Does not return.</summary>
    private async Op Die(Cpu cpu, TaskStruct task, int signal, SigInfo info)
    {
        await cpu.WriteOnce(task.Flags, await cpu.ReadOnce(task.Flags) | TaskFlags.Signaled);
        if (Abi.Signals.KernelCoredump.Contains(signal))
        {
            await kernel.Coredump.DoCoredump(cpu, info.Signo);
        }

        await kernel.Exit.DoGroupExit(cpu, info.Signo);
    }
}
