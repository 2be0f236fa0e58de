using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Signals;

/// <summary>
/// Job control stops: all threads of a group stop, the last one to do so tells the parent. Source:
/// kernel/signal.c.
/// </summary>
[Immutable]
public sealed class GroupStop(LinuxKernel kernel)
{
    /// <summary>do_signal_stop(): stops the current task, and begins a group stop if none is in progress.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="sighand">The task's handlers, whose siglock is held.</param>
    /// <param name="signal">The stop signal; 0 to join a stop in progress.</param>
    /// <remarks>
    /// Context: current; sleeps.
    /// Locks:   siglock on entry; released when the answer is true, held when it is false.
    /// Returns: whether it stopped; not when SIGCONT or SIGKILL came since the signal was dequeued.
    /// </remarks>
    public async Op<bool> DoSignalStop(Cpu cpu, SighandStruct sighand, int signal)
    {
        TaskStruct task = cpu.Task();
        SignalStruct shared = task.Signal;
        if (shared.GroupStopCount.Get(cpu) == 0)
        {
            SignalFlags flags = await cpu.ReadOnce(shared.Flags);
            if ((flags & SignalFlags.StopDequeued) == SignalFlags.None ||
                (cpu.Makes(KernelSites.Checks.StopSeesGroupExit) && await IsGroupExit(cpu, shared, flags)))
            {
                return false;
            }

            await cpu.WriteOnce(shared.GroupExitCode, signal);
            shared.GroupStopCount.Set(cpu, 1);
            await StopOthers(cpu, task);
        }

        // The last thread to stop reports to the parent.
        int notify = shared.GroupStopCount.Get(cpu) == 1 ? SiCode.Stopped : 0;
        if (kernel.Options.ReportsStopWhenStopped)
        {
            await Scheduling.SetCurrentStateRelaxed(cpu, TaskState.Stopped);
        }

        notify = await kernel.Tracehook.NotifyJctl(cpu, sighand, notify, SiCode.Stopped);

        // The hook may have dropped siglock: SIGCONT or SIGKILL end the stop by clearing the count.
        bool stops = shared.GroupStopCount.Get(cpu) != 0;
        if (stops)
        {
            await CountStopped(cpu, shared);
            task.ExitCode.Set(cpu, await cpu.ReadOnce(shared.GroupExitCode));
            await Scheduling.SetCurrentStateRelaxed(cpu, TaskState.Stopped);
        }

        await sighand.Siglock.Release(cpu);
        await Notify(cpu, task, notify);
        TaskState stopped = kernel.Options.HasStopsOf2005 ? TaskState.StoppedBit : TaskState.Stopped;
        await Scheduling.Schedule(cpu, stops ? stopped : TaskState.Running);
        await kernel.Tracehook.FinishJctl(cpu);
        task.ExitCode.Set(cpu, 0);
        return true;
    }

    /// <summary>
    /// The last part of exit_signals(): a thread that exits no longer counts for a stop in progress, and
    /// passes signals on that were meant for any thread.
    /// </summary>
    /// <remarks>Context: current, first in do_exit(). Locks: takes siglock. Linux: kernel/signal.c exit_signals().</remarks>
    public async Op ExitSignals(Cpu cpu, TaskStruct task)
    {
        SignalStruct shared = task.Signal;
        bool alone = await IsAlone(cpu, shared);
        if (alone || await IsGroupExit(cpu, shared, await cpu.ReadOnce(shared.Flags)))
        {
            await SetExiting(cpu, task);
            return;
        }

        SighandStruct sighand = await kernel.LockOwnSighand(cpu);
        await SetExiting(cpu, task);
        int notify = 0;
        if (await Scheduling.SignalPending(cpu, task))
        {
            // A signal for the group may have chosen this thread; another has to take it.
            await RetargetShared(cpu, task);
            if (cpu.Makes(KernelSites.Checks.ExitLeavesStop) &&
                shared.GroupStopCount.Get(cpu) != 0 && await CountStopped(cpu, shared))
            {
                notify = await kernel.Tracehook.NotifyJctl(cpu, sighand, SiCode.Stopped, SiCode.Stopped);
            }
        }

        await sighand.Siglock.Release(cpu);
        await Notify(cpu, task, notify);
    }

    /// <summary>signal_group_exit(): whether the group dies, or one thread waits for the others to.</summary>
    internal static async Op<bool> IsGroupExit(Cpu cpu, SignalStruct signal, SignalFlags flags)
        => (flags & SignalFlags.GroupExit) != SignalFlags.None || await cpu.ReadOnce(signal.GroupExitTask) is not null;

    /// <summary>thread_group_empty(), read without a lock: only the last thread can be sure of a yes.</summary>
    internal static async Op<bool> IsAlone(Cpu cpu, SignalStruct signal) => await cpu.ReadOnce(signal.Count) == 1;

    /// <summary>One thread fewer to wait for; the last one completes the stop.</summary>
    /// <remarks>Locks: siglock. Returns: whether it was the last one.</remarks>
    public static async Op<bool> CountStopped(Cpu cpu, SignalStruct shared)
    {
        int left = shared.GroupStopCount.Get(cpu) - 1;
        shared.GroupStopCount.Set(cpu, left);
        if (left == 0)
        {
            await cpu.WriteOnce(shared.Flags, SignalFlags.StopStopped);
        }

        return left == 0;
    }

    private async Op StopOthers(Cpu cpu, TaskStruct task)
    {
        SignalStruct shared = task.Signal;
        for (int i = 0; i < shared.Threads.Count(cpu); i++)
        {
            TaskStruct thread = shared.Threads.At(cpu, i);
            if (ReferenceEquals(thread, task) ||
                (await cpu.ReadOnce(thread.Flags) & TaskFlags.Exiting) != TaskFlags.None ||
                (await cpu.ReadOnce(thread.State) & (TaskState.StoppedBit | TaskState.TracedBit)) != TaskState.Running)
            {
                continue;
            }

            shared.GroupStopCount.Set(cpu, shared.GroupStopCount.Get(cpu) + 1);
            await kernel.Pending.SignalWakeUp(cpu, thread, resume: false);
        }
    }

    private async Op RetargetShared(Cpu cpu, TaskStruct task)
    {
        for (int i = 0; i < task.Signal.Threads.Count(cpu); i++)
        {
            TaskStruct thread = task.Signal.Threads.At(cpu, i);
            if (!ReferenceEquals(thread, task) && !await Scheduling.SignalPending(cpu, thread) &&
                (await cpu.ReadOnce(thread.Flags) & TaskFlags.Exiting) == TaskFlags.None)
            {
                await kernel.Pending.RecalcSigpendingAndWake(cpu, thread);
            }
        }
    }

    private async Op Notify(Cpu cpu, TaskStruct task, int why)
    {
        if (why != 0)
        {
            await kernel.Tasklist.AcquireRead(cpu);
            await kernel.Notice.OfJobControl(cpu, task, why);
            await kernel.Tasklist.ReleaseRead(cpu);
        }
    }

    private static async Op SetExiting(Cpu cpu, TaskStruct task)
        => await cpu.WriteOnce(task.Flags, await cpu.ReadOnce(task.Flags) | TaskFlags.Exiting);
}
