using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Signals;

/// <summary>Where a signal comes from, when that is not in its siginfo.</summary>
public enum SignalSource
{
    /// <summary>The siginfo says it.</summary>
    Info,

    /// <summary>SEND_SIG_NOINFO: from the current task, with the siginfo of kill().</summary>
    NoInfo,

    /// <summary>SEND_SIG_PRIV: from the kernel.</summary>
    Kernel,

    /// <summary>SEND_SIG_FORCED: from the kernel, and without siginfo.</summary>
    Forced,
}

/// <summary>Sending a signal: who gets it, and what it does at once. Source: kernel/signal.c.</summary>
[Immutable]
public sealed class SendPath(LinuxKernel kernel)
{
    private readonly TargetChoice _choice = new(kernel);

    /// <summary>lock_task_sighand(): locks the signals of a task that may be being released.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="task">The task.</param>
    /// <param name="site">Names the acquisition, so that it can be taken away.</param>
    /// <remarks>Context: in an RCU read section or with tasklist_lock held, either of which keeps the handlers.</remarks>
    /// <returns>The handlers, with siglock held; null when the task has been released.</returns>
    public static async Op<SighandStruct?> LockTaskSighand(Cpu cpu, TaskStruct task, Site? site = null)
    {
        while (true)
        {
            SighandStruct? sighand = await cpu.ReadOnce(task.Sighand);
            if (sighand is null)
            {
                return null;
            }

            await sighand.Siglock.Acquire(cpu, site);
            if (ReferenceEquals(await cpu.ReadOnce(task.Sighand), sighand))
            {
                return sighand;
            }

            // Exec or release put another there meanwhile.
            await sighand.Siglock.Release(cpu);
        }
    }

    /// <summary>do_send_sig_info(): locks the target's signals and sends.</summary>
    /// <remarks>Context: as <see cref="LockTaskSighand"/>.</remarks>
    /// <returns>ESRCH when the task has been released; EAGAIN when a queued signal found no memory.</returns>
    public async Op<Errno> SendLocking(
        Cpu cpu, int signal, SigInfo info, SignalSource source, TaskStruct task, bool group)
    {
        SighandStruct? sighand = await LockTaskSighand(cpu, task);
        if (sighand is null)
        {
            return Errno.ESRCH;
        }

        Errno error = await Send(cpu, signal, info, source, task, group);
        await sighand.Siglock.Release(cpu);
        return error;
    }

    /// <summary>__send_signal(): queues a signal for a task or its group, and wakes who will take it.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="signal">From 1 to 64.</param>
    /// <param name="info">Its siginfo, if <paramref name="source"/> says so.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="task">The target.</param>
    /// <param name="group">Whether any thread of the group may take it.</param>
    /// <remarks>
    /// Context: any; does not sleep. Locks: siglock of the target.
    /// Returns: EAGAIN when a queued signal found no memory; otherwise success, ignored signals included.
    /// </remarks>
    public async Op<Errno> Send(
        Cpu cpu, int signal, SigInfo info, SignalSource source, TaskStruct task, bool group)
    {
        if (!await Prepare(cpu, signal, task))
        {
            return Errno.None;
        }

        SigPending pending = group ? task.Signal.SharedPending : task.Pending;
        SigSet waiting = await cpu.ReadOnce(pending.Signal);
        if (signal < Abi.Signals.SIGRTMIN && waiting.Contains(signal))
        {
            return Errno.None;
        }

        if (source != SignalSource.Forced)
        {
            bool overrides = signal < Abi.Signals.SIGRTMIN && (source != SignalSource.Info || info.Code >= 0);
            SigQueue? queued = await kernel.Pending.Allocate(cpu, task, Describe(cpu, signal, info, source), overrides);
            if (queued is not null)
            {
                pending.List.Add(cpu, queued);
            }
            else if (source == SignalSource.Info && signal >= Abi.Signals.SIGRTMIN && info.Code != SiCode.User)
            {
                // A queue overflow: the sender asked for its siginfo to arrive, so it is told.
                return Errno.EAGAIN;
            }
        }

        await cpu.WriteOnce(pending.Signal, waiting.With(signal));
        await _choice.CompleteSignal(cpu, signal, task, group);
        return Errno.None;
    }

    /// <summary>force_sig_info(): a signal that the current task cannot block or ignore, such as a fault.</summary>
    /// <remarks>Context: current. Locks: takes siglock.</remarks>
    public async Op Force(Cpu cpu, SigInfo info)
    {
        TaskStruct task = cpu.Task();
        SighandStruct sighand = await kernel.LockOwnSighand(cpu);
        SigActionTable actions = sighand.Action.Get(cpu)!;
        bool blocked = task.Blocked.Get(cpu).Contains(info.Signo);
        if (blocked || actions[info.Signo].IsIgnore)
        {
            actions = actions.With(info.Signo, actions[info.Signo] with { Handler = SigAction.SIG_DFL, Routine = null });
            sighand.Action.Set(cpu, actions);
            if (blocked)
            {
                task.Blocked.Set(cpu, task.Blocked.Get(cpu).Without(info.Signo));
                await kernel.Pending.RecalcSigpendingAndWake(cpu, task);
            }
        }

        if (actions[info.Signo].IsDefault)
        {
            SignalFlags flags = await cpu.ReadOnce(task.Signal.Flags);
            await cpu.WriteOnce(task.Signal.Flags, flags & ~SignalFlags.Unkillable);
        }

        await Send(cpu, info.Signo, info, SignalSource.Info, task, group: false);
        await sighand.Siglock.Release(cpu);
    }

    /// <summary>zap_other_threads(): sends SIGKILL to every other thread of the current task's group.</summary>
    /// <remarks>Context: current. Locks: siglock.</remarks>
    public async Op ZapOtherThreads(Cpu cpu, TaskStruct task)
    {
        task.Signal.GroupStopCount.Set(cpu, 0);
        for (int i = 0; i < task.Signal.Threads.Count(cpu); i++)
        {
            TaskStruct thread = task.Signal.Threads.At(cpu, i);
            if (!ReferenceEquals(thread, task) && await cpu.ReadOnce(thread.ExitState) == ExitState.Alive)
            {
                await AddSigkill(cpu, thread);
            }
        }
    }

    /// <summary>Puts SIGKILL straight into a thread's own queue and wakes the thread.</summary>
    internal async Op AddSigkill(Cpu cpu, TaskStruct thread)
    {
        SigSet waiting = await cpu.ReadOnce(thread.Pending.Signal);
        await cpu.WriteOnce(thread.Pending.Signal, waiting.With(Abi.Signals.SIGKILL));
        await kernel.Pending.SignalWakeUp(cpu, thread, resume: true);
    }

    private static SigInfo Describe(Cpu cpu, int signal, SigInfo info, SignalSource source) => source switch
    {
        SignalSource.Info => info,
        SignalSource.NoInfo => new SigInfo(signal, SiCode.User) { Pid = cpu.Task().Tgid },
        SignalSource.Kernel or SignalSource.Forced => new SigInfo(signal, SiCode.Kernel),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>
    /// prepare_signal(): stop signals and SIGCONT cancel each other, SIGCONT wakes the stopped at once.
    /// </summary>
    /// <returns>Whether the signal is to be queued: not when the group dies, nor when it is ignored.</returns>
    private async Op<bool> Prepare(Cpu cpu, int signal, TaskStruct task)
    {
        SignalFlags flags = await cpu.ReadOnce(task.Signal.Flags);
        if ((flags & SignalFlags.GroupExit) != SignalFlags.None)
        {
            // The process is dying already; the signal is queued and nobody will look.
        }
        else if (Abi.Signals.KernelStop.Contains(signal))
        {
            await RemoveFromGroup(cpu, task.Signal, SigSet.Of(Abi.Signals.SIGCONT));
        }
        else if (signal == Abi.Signals.SIGCONT)
        {
            await Continue(cpu, task.Signal);
        }

        return !await IsIgnored(cpu, signal, task);
    }

    private async Op RemoveFromGroup(Cpu cpu, SignalStruct signal, SigSet mask)
    {
        await kernel.Pending.Remove(cpu, signal.SharedPending, mask);
        for (int i = 0; i < signal.Threads.Count(cpu); i++)
        {
            await kernel.Pending.Remove(cpu, signal.Threads.At(cpu, i).Pending, mask);
        }
    }

    /// <summary>SIGCONT: pending stops are forgotten, stopped threads wake, the parent is to be told.</summary>
    private async Op Continue(Cpu cpu, SignalStruct signal)
    {
        await kernel.Pending.Remove(cpu, signal.SharedPending, Abi.Signals.KernelStop);
        for (int i = 0; i < signal.Threads.Count(cpu); i++)
        {
            TaskStruct thread = signal.Threads.At(cpu, i);
            await kernel.Pending.Remove(cpu, thread.Pending, Abi.Signals.KernelStop);
            TaskState states = TaskState.StoppedBit;
            if (await HandlesSigcont(cpu, thread))
            {
                // The handler must run before anything else the thread does.
                await cpu.TestAndSet(thread.ThreadFlags, ThreadFlags.SignalPending);
                states |= TaskState.Interruptible;
            }

            await Scheduling.WakeUpState(cpu, thread, states);
        }

        SignalFlags flags = await cpu.ReadOnce(signal.Flags);
        SignalFlags why = (flags & SignalFlags.StopStopped) != SignalFlags.None ? SignalFlags.CldContinued
            : signal.GroupStopCount.Get(cpu) != 0 ? SignalFlags.CldStopped
            : SignalFlags.None;
        if (why != SignalFlags.None)
        {
            // The first thread that comes back from its stop tells the parent.
            await cpu.WriteOnce(signal.Flags, why | SignalFlags.StopContinued);
            signal.GroupStopCount.Set(cpu, 0);
            await cpu.WriteOnce(signal.GroupExitCode, 0);
        }
        else
        {
            await cpu.WriteOnce(signal.Flags, flags & ~SignalFlags.StopDequeued);
        }
    }

    private static async Op<bool> HandlesSigcont(Cpu cpu, TaskStruct thread)
    {
        SigAction action = (await cpu.ReadOnce(thread.Sighand))!.Action.Get(cpu)![Abi.Signals.SIGCONT];
        return !action.IsDefault && !action.IsIgnore && !thread.Blocked.Get(cpu).Contains(Abi.Signals.SIGCONT);
    }

    /// <summary>sig_ignored(): a blocked signal never is, since its action may change before it is taken.</summary>
    private async Op<bool> IsIgnored(Cpu cpu, int signal, TaskStruct task)
    {
        if (task.Blocked.Get(cpu).Contains(signal) || task.RealBlocked.Get(cpu).Contains(signal))
        {
            return false;
        }

        SigAction action = (await cpu.ReadOnce(task.Sighand))!.Action.Get(cpu)![signal];
        bool unkillable = action.IsDefault &&
            (await cpu.ReadOnce(task.Signal.Flags) & SignalFlags.Unkillable) != SignalFlags.None;
        bool ignored = unkillable || action.IsIgnore ||
            (action.IsDefault && Abi.Signals.KernelIgnore.Contains(signal));
        return ignored && !await kernel.Tracehook.ConsiderIgnoredSignal(cpu, task, signal);
    }
}
