using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Signals;

/// <summary>A signal that was taken from a queue; 0 when there was none.</summary>
public readonly record struct DequeuedSignal(int Signal, SigInfo Info);

/// <summary>
/// The pending signals of tasks and groups: what TIF_SIGPENDING stands for, taking one, throwing some away.
/// Source: kernel/signal.c.
/// </summary>
[Immutable]
public sealed class PendingSignals(LinuxKernel kernel)
{
    /// <summary>recalc_sigpending_tsk(): sets TIF_SIGPENDING if a task has something to look at; never clears it.</summary>
    /// <remarks>Locks: siglock. Returns: whether it has.</remarks>
    public async Op<bool> RecalcSigpendingTask(Cpu cpu, TaskStruct task)
    {
        SigSet blocked = task.Blocked.Get(cpu);
        if (task.Signal.GroupStopCount.Get(cpu) > 0 ||
            !(await cpu.ReadOnce(task.Pending.Signal) & ~blocked).IsEmpty ||
            !(await cpu.ReadOnce(task.Signal.SharedPending.Signal) & ~blocked).IsEmpty)
        {
            await cpu.TestAndSet(task.ThreadFlags, ThreadFlags.SignalPending);
            return true;
        }

        return false;
    }

    /// <summary>recalc_sigpending(): makes TIF_SIGPENDING of the current task right.</summary>
    /// <remarks>Context: current. Locks: siglock.</remarks>
    public async Op RecalcSigpending(Cpu cpu)
    {
        TaskStruct task = cpu.Task();
        if (await kernel.Tracehook.ForceSigpending(cpu)) // M10
        {
            await cpu.TestAndSet(task.ThreadFlags, ThreadFlags.SignalPending);
        }
        else if (!await RecalcSigpendingTask(cpu, task) && await Scheduling.SignalPending(cpu, task))
        {
            await cpu.ClearBits(task.ThreadFlags, ThreadFlags.SignalPending);
        }
    }

    /// <summary>recalc_sigpending_and_wake(): the same for another task, which is woken if it has something.</summary>
    /// <remarks>Locks: siglock.</remarks>
    public async Op RecalcSigpendingAndWake(Cpu cpu, TaskStruct task)
    {
        if (await RecalcSigpendingTask(cpu, task))
        {
            await SignalWakeUp(cpu, task, resume: false);
        }
    }

    /// <summary>signal_wake_up(): makes a task look for signals, and wakes it if it sleeps lightly enough.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="task">The task.</param>
    /// <param name="resume">Whether stopped, traced and killable sleepers wake too: for SIGKILL.</param>
    /// <remarks>Locks: siglock.</remarks>
    public async Op SignalWakeUp(Cpu cpu, TaskStruct task, bool resume)
    {
        await cpu.TestAndSet(task.ThreadFlags, ThreadFlags.SignalPending);
        TaskState states = resume ? TaskState.Interruptible | TaskState.WakeKill : TaskState.Interruptible;
        if (!await Scheduling.WakeUpState(cpu, task, states))
        {
            await Scheduling.Kick(cpu, task);
        }
    }

    /// <summary>dequeue_signal(): takes the lowest signal that a mask lets through, the task's own first.</summary>
    /// <remarks>
    /// Context: current. Locks: siglock.
    /// Returns: the signal and its siginfo, or 0. A stop signal is remembered in SIGNAL_STOP_DEQUEUED.
    /// </remarks>
    public async Op<DequeuedSignal> Dequeue(Cpu cpu, TaskStruct task, SigSet mask)
    {
        DequeuedSignal taken = await Take(cpu, task.Pending, mask);
        if (taken.Signal == 0)
        {
            taken = await Take(cpu, task.Signal.SharedPending, mask);
            if (taken.Signal == Abi.Signals.SIGALRM)
            {
                await kernel.RealTimer.BeginAgain(cpu, task.Signal);
            }
        }

        await RecalcSigpending(cpu);
        if (Abi.Signals.KernelStop.Contains(taken.Signal))
        {
            SignalFlags flags = await cpu.ReadOnce(task.Signal.Flags);
            await cpu.WriteOnce(task.Signal.Flags, flags | SignalFlags.StopDequeued);
        }

        return taken;
    }

    /// <summary>Puts a signal that was taken back at the head of the current task's own queue.</summary>
    /// <remarks>Context: current. Locks: siglock. Without memory for its siginfo the signal alone goes back.</remarks>
    public async Op PutBack(Cpu cpu, TaskStruct task, SigInfo info)
    {
        SigSet waiting = await cpu.ReadOnce(task.Pending.Signal);
        await cpu.WriteOnce(task.Pending.Signal, waiting.With(info.Signo));
        if (await Allocate(cpu, task, info, overrides: false) is { } queued)
        {
            task.Pending.List.AddFirst(cpu, queued);
        }

        await cpu.TestAndSet(task.ThreadFlags, ThreadFlags.SignalPending);
    }

    /// <summary>rm_from_queue(): throws some signals of a queue away.</summary>
    /// <remarks>Locks: siglock.</remarks>
    public async Op Remove(Cpu cpu, SigPending pending, SigSet mask)
    {
        SigSet before = await cpu.ReadOnce(pending.Signal);
        if (!(before & mask).IsEmpty)
        {
            await cpu.WriteOnce(pending.Signal, before & ~mask);
            SigQueue? queued = pending.List.First(cpu);
            while (queued is not null)
            {
                SigQueue? next = pending.List.After(cpu, queued);
                if (mask.Contains(queued.Info.Signo))
                {
                    pending.List.Remove(cpu, queued);
                    await Free(cpu, queued);
                }

                queued = next;
            }
        }
    }

    /// <summary>flush_sigqueue(): throws all signals of a queue away.</summary>
    /// <remarks>Context: the task or group is being released; nobody else can reach the queue.</remarks>
    public async Op Flush(Cpu cpu, SigPending pending)
    {
        if (!(await cpu.ReadOnce(pending.Signal)).IsEmpty)
        {
            await Remove(cpu, pending, SigSet.All);
        }
    }

    /// <summary>__sigqueue_alloc(): memory for one queued signal, within RLIMIT_SIGPENDING unless told otherwise.</summary>
    internal async Op<SigQueue?> Allocate(Cpu cpu, TaskStruct task, SigInfo info, bool overrides)
    {
        if (!kernel.Options.AccountsSignals)
        {
            return new SigQueue(kernel.Machine, info, isAccounted: false);
        }

        int queued = await cpu.Rmw(kernel.UserSigpending, RmwKind.Add, 1) + 1;
        if (!overrides && !(await cpu.ReadOnce(task.Signal.Limits))!.Allows(Resource.Sigpending, queued))
        {
            await cpu.Rmw(kernel.UserSigpending, RmwKind.Add, -1);
            return null;
        }

        return new SigQueue(kernel.Machine, info, isAccounted: true);
    }

    /// <summary>__sigqueue_free().</summary>
    private async Op Free(Cpu cpu, SigQueue queued)
    {
        if (queued.IsAccounted)
        {
            await cpu.Rmw(kernel.UserSigpending, RmwKind.Add, -1);
        }

        cpu.Discard(queued);
    }

    /// <summary>__dequeue_signal() and collect_signal().</summary>
    private async Op<DequeuedSignal> Take(Cpu cpu, SigPending pending, SigSet mask)
    {
        SigSet waiting = await cpu.ReadOnce(pending.Signal);
        int signal = (waiting & ~mask).First;
        if (signal == 0)
        {
            return default;
        }

        (SigQueue? first, bool more) = Find(cpu, pending, signal);
        if (!more)
        {
            await cpu.WriteOnce(pending.Signal, waiting.Without(signal));
        }

        if (first is null)
        {
            // It was sent when there was no memory for siginfo.
            return new DequeuedSignal(signal, new SigInfo(signal, SiCode.User));
        }

        pending.List.Remove(cpu, first);
        SigInfo info = first.Info;
        await Free(cpu, first);
        return new DequeuedSignal(signal, info);
    }

    private static (SigQueue? First, bool More) Find(Cpu cpu, SigPending pending, int signal)
    {
        SigQueue? first = null;
        for (int i = 0; i < pending.List.Count(cpu); i++)
        {
            SigQueue queued = pending.List.At(cpu, i);
            if (queued.Info.Signo == signal)
            {
                if (first is not null)
                {
                    return (first, true);
                }

                first = queued;
            }
        }

        return (first, false);
    }
}
