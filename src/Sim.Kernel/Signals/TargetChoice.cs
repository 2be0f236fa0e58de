using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Signals;

/// <summary>Who takes a signal that has been queued, and whether the group dies of it. Source: kernel/signal.c.</summary>
[Immutable]
internal sealed class TargetChoice(LinuxKernel kernel)
{
    /// <summary>complete_signal(): chooses a thread, and begins to kill the group if the signal is fatal.</summary>
    /// <remarks>Locks: siglock.</remarks>
    internal async Op CompleteSignal(Cpu cpu, int signal, TaskStruct task, bool group)
    {
        TaskStruct? target = await ChooseTarget(cpu, signal, task, group);
        if (target is null)
        {
            return;
        }

        SignalStruct shared = task.Signal;
        if (await IsFatalNow(cpu, signal, task, target))
        {
            // The whole group dies of it, without waiting for a thread to take it.
            await cpu.WriteOnce(shared.Flags, SignalFlags.GroupExit);
            await cpu.WriteOnce(shared.GroupExitCode, signal);
            shared.GroupStopCount.Set(cpu, 0);
            for (int i = 0; i < shared.Threads.Count(cpu); i++)
            {
                await kernel.Send.AddSigkill(cpu, shared.Threads.At(cpu, i));
            }

            return;
        }

        await kernel.Pending.SignalWakeUp(cpu, target, signal == Abi.Signals.SIGKILL);
    }

    private async Op<bool> IsFatalNow(Cpu cpu, int signal, TaskStruct task, TaskStruct target)
    {
        SigAction action = (await cpu.ReadOnce(task.Sighand))!.Action.Get(cpu)![signal];
        if (!action.IsDefault || Abi.Signals.KernelIgnore.Contains(signal) ||
            Abi.Signals.KernelStop.Contains(signal) || Abi.Signals.KernelCoredump.Contains(signal) ||
            target.RealBlocked.Get(cpu).Contains(signal))
        {
            return false;
        }

        SignalFlags flags = await cpu.ReadOnce(task.Signal.Flags);
        return (flags & (SignalFlags.Unkillable | SignalFlags.GroupExit)) == SignalFlags.None &&
            (signal == Abi.Signals.SIGKILL || !await kernel.Tracehook.ConsiderFatalSignal(cpu, target, signal));
    }

    private async Op<TaskStruct?> ChooseTarget(Cpu cpu, int signal, TaskStruct task, bool group)
    {
        if (await WantsSignal(cpu, signal, task))
        {
            return task;
        }

        int threads = task.Signal.Threads.Count(cpu);
        if (!group || threads <= 1)
        {
            return null;
        }

        TaskStruct? last = task.Signal.CurrTarget.Get(cpu);
        int first = last is null ? 0 : IndexOf(cpu, task.Signal, last);
        for (int i = 0; i < threads; i++)
        {
            TaskStruct thread = task.Signal.Threads.At(cpu, (first + i) % threads);
            if (await WantsSignal(cpu, signal, thread))
            {
                task.Signal.CurrTarget.Set(cpu, thread);
                return thread;
            }
        }

        return null;
    }

    private static int IndexOf(Cpu cpu, SignalStruct signal, TaskStruct thread)
    {
        for (int i = 0; i < signal.Threads.Count(cpu); i++)
        {
            if (ReferenceEquals(signal.Threads.At(cpu, i), thread))
            {
                return i;
            }
        }

        return 0;
    }

    /// <summary>wants_signal(): whether a thread would take the signal soon.</summary>
    private static async Op<bool> WantsSignal(Cpu cpu, int signal, TaskStruct thread)
    {
        if (thread.Blocked.Get(cpu).Contains(signal) ||
            (await cpu.ReadOnce(thread.Flags) & TaskFlags.Exiting) != TaskFlags.None)
        {
            return false;
        }

        if (signal == Abi.Signals.SIGKILL)
        {
            return true;
        }

        TaskState state = await cpu.ReadOnce(thread.State);
        if ((state & (TaskState.StoppedBit | TaskState.TracedBit)) != TaskState.Running)
        {
            return false;
        }

        // task_curr(): every task that can run has a processor here.
        return state == TaskState.Running || !await Scheduling.SignalPending(cpu, thread);
    }
}
