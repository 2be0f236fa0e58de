using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Signals;

/// <summary>
/// What a process says about its own signals: sigaction, sigprocmask, sigpending, sigsuspend, sigtimedwait.
/// Source: kernel/signal.c, signal(7).
/// </summary>
[Immutable]
public sealed class MaskCalls(LinuxKernel kernel)
{
    /// <summary>do_sigaction(): changes what is done with a signal; what is ignored now is forgotten if it waits.</summary>
    /// <returns>The old action; EINVAL for a bad signal, SIGKILL and SIGSTOP.</returns>
    /// <remarks>Context: current. Locks: takes siglock, and tasklist_lock if something may be forgotten.</remarks>
    public async Op<(Errno Error, SigAction Old)> Sigaction(Cpu cpu, int signal, SigAction? action)
    {
        if (signal < 1 || !Abi.Signals.IsValid(signal) || (action is not null && Abi.Signals.KernelOnly.Contains(signal)))
        {
            return (Errno.EINVAL, default);
        }

        TaskStruct task = cpu.Task();
        SighandStruct sighand = await kernel.LockOwnSighand(cpu);
        SigActionTable actions = sighand.Action.Get(cpu)!;
        SigAction old = actions[signal];
        if (action is { } changed)
        {
            changed = changed with { Mask = changed.Mask & ~Abi.Signals.KernelOnly };
            sighand.Action.Set(cpu, actions.With(signal, changed));
            if (changed.IsIgnore || (changed.IsDefault && Abi.Signals.KernelIgnore.Contains(signal)))
            {
                // POSIX: a signal that is ignored from now on is discarded, blocked or not.
                await Forget(cpu, task.Signal, signal);
            }
        }

        await sighand.Siglock.Release(cpu);
        return (Errno.None, old);
    }

    /// <summary>sigprocmask(): changes what the current task blocks.</summary>
    /// <returns>What was blocked; EINVAL for a bad <paramref name="how"/>.</returns>
    /// <remarks>Context: current. Locks: takes siglock.</remarks>
    public async Op<(Errno Error, SigSet Old)> Sigprocmask(Cpu cpu, SigHow how, SigSet set)
    {
        TaskStruct task = cpu.Task();
        SigSet old = task.Blocked.Get(cpu);
        if (how is not (SigHow.Block or SigHow.Unblock or SigHow.SetMask))
        {
            return (Errno.EINVAL, old);
        }

        set &= ~Abi.Signals.KernelOnly;
        SigSet blocked = how switch
        {
            SigHow.Block => old | set,
            SigHow.Unblock => old & ~set,
            SigHow.SetMask => set,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        await SetBlocked(cpu, task, blocked);
        return (Errno.None, old);
    }

    /// <summary>sigpending(): which blocked signals wait.</summary>
    public async Op<SigSet> Sigpending(Cpu cpu)
    {
        TaskStruct task = cpu.Task();
        SighandStruct sighand = await kernel.LockOwnSighand(cpu);
        SigSet waiting = await cpu.ReadOnce(task.Pending.Signal) | await cpu.ReadOnce(task.Signal.SharedPending.Signal);
        await sighand.Siglock.Release(cpu);
        return waiting & task.Blocked.Get(cpu);
    }

    /// <summary>sigsuspend(): sleeps with another mask until a signal is handled or kills.</summary>
    /// <returns>Always -ERESTARTNOHAND; the mask goes back on the way to user mode.</returns>
    public async Op<long> Sigsuspend(Cpu cpu, SigSet mask)
    {
        TaskStruct task = cpu.Task();
        task.SavedSigmask.Set(cpu, task.Blocked.Get(cpu));
        await SetBlocked(cpu, task, mask & ~Abi.Signals.KernelOnly);
        await Pause(cpu);
        await cpu.TestAndSet(task.ThreadFlags, ThreadFlags.RestoreSigmask);
        return -(long)Errno.ERESTARTNOHAND;
    }

    /// <summary>pause(): sleeps until a signal has to be looked at.</summary>
    /// <returns>Always -ERESTARTNOHAND.</returns>
    public async Op<long> Pause(Cpu cpu)
    {
        await Scheduling.SetCurrentState(cpu, TaskState.Interruptible);
        await Scheduling.Schedule(cpu, TaskState.Interruptible);
        return -(long)Errno.ERESTARTNOHAND;
    }

    /// <summary>rt_sigtimedwait(): takes one of some signals, waiting for it if need be.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="these">The signals; normally blocked.</param>
    /// <param name="wait">How many nanoseconds to sleep for when none is there.</param>
    /// <returns>The signal, or EAGAIN after the time, EINTR when another signal came.</returns>
    public async Op<(Errno Error, SigInfo Info)> Sigtimedwait(Cpu cpu, SigSet these, long wait)
    {
        TaskStruct task = cpu.Task();
        these &= ~Abi.Signals.KernelOnly;
        SighandStruct sighand = await kernel.LockOwnSighand(cpu);
        DequeuedSignal taken = await kernel.Pending.Dequeue(cpu, task, ~these);
        bool expired = wait == 0;
        if (taken.Signal == 0 && !expired)
        {
            // None is there: unblock them while we sleep, so that their arrival wakes us.
            task.RealBlocked.Set(cpu, task.Blocked.Get(cpu));
            task.Blocked.Set(cpu, task.Blocked.Get(cpu) & ~these);
            await kernel.Pending.RecalcSigpending(cpu);
            await sighand.Siglock.Release(cpu);

            long expires = await kernel.Clock.After(cpu, wait);
            await Scheduling.SetCurrentState(cpu, TaskState.Interruptible);
            expired = await kernel.Clock.ScheduleUntil(cpu, TaskState.Interruptible, expires);

            await sighand.Siglock.Acquire(cpu);
            taken = await kernel.Pending.Dequeue(cpu, task, ~these);
            task.Blocked.Set(cpu, task.RealBlocked.Get(cpu));
            task.RealBlocked.Set(cpu, SigSet.Empty);
            await kernel.Pending.RecalcSigpending(cpu);
        }

        await sighand.Siglock.Release(cpu);
        return taken.Signal != 0 ? (Errno.None, taken.Info) : (expired ? Errno.EAGAIN : Errno.EINTR, default);
    }

    /// <summary>Changes the mask of the current task and what TIF_SIGPENDING says.</summary>
    /// <remarks>Context: current. Locks: takes siglock.</remarks>
    internal async Op SetBlocked(Cpu cpu, TaskStruct task, SigSet blocked)
    {
        SighandStruct sighand = await kernel.LockOwnSighand(cpu);
        task.Blocked.Set(cpu, blocked);
        await kernel.Pending.RecalcSigpending(cpu);
        await sighand.Siglock.Release(cpu);
    }

    private async Op Forget(Cpu cpu, SignalStruct shared, int signal)
    {
        await kernel.Pending.Remove(cpu, shared.SharedPending, SigSet.Of(signal));
        for (int i = 0; i < shared.Threads.Count(cpu); i++)
        {
            await kernel.Pending.Remove(cpu, shared.Threads.At(cpu, i).Pending, SigSet.Of(signal));
        }
    }
}
