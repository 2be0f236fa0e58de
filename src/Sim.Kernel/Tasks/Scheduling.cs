using Sim.Kernel.Barriers;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Tasks;

/// <summary>Sleeping and waking, as kernel/sched.c has it.</summary>
public static class Scheduling
{
    /// <summary>set_current_state(): a store with a full barrier behind it.</summary>
    public static OperationAwaiter<TaskState> SetCurrentState(Cpu cpu, TaskState state)
        => cpu.Rmw(cpu.Task().State, RmwKind.Exchange, state);

    /// <summary>__set_current_state(): a store.</summary>
    public static StoreAwaiter SetCurrentStateRelaxed(Cpu cpu, TaskState state)
        => cpu.WriteOnce(cpu.Task().State, state);

    /// <summary>
    /// schedule(): a task that has left TASK_RUNNING sleeps until it is woken; one that a pending signal would
    /// wake anyway does not go to sleep.
    /// </summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="state">What the task set its state to.</param>
    /// <remarks>
    /// Context: current; sleeps. Locks: none.
    /// Linux:   kernel/sched.c schedule(), include/linux/sched.h signal_pending_state().
    /// </remarks>
    public static async Op Schedule(Cpu cpu, TaskState state)
    {
        TaskStruct task = cpu.Task();
        Locking.Lockdep.MightSleep(cpu, "schedule()");
        if ((state & (TaskState.Interruptible | TaskState.WakeKill)) != TaskState.Running)
        {
            // The run queue's lock is taken before the flag is read: a full barrier behind the store of the state.
            await cpu.SmpMb(KernelSites.RunQueueLock);
            if (await SignalPending(cpu, task) &&
                ((state & TaskState.Interruptible) != TaskState.Running || await SigkillPending(cpu, task)))
            {
                await cpu.WriteOnce(task.State, TaskState.Running);
                return;
            }
        }

        if (state == TaskState.Running)
        {
            return;
        }

        int switches = await cpu.ReadOnce(task.Switches);
        await cpu.StoreRelease(task.Switches, switches + 1);
        await cpu.LoadWhen(task.State, GuardKind.Equal, TaskState.Running);
        await cpu.WriteOnce(task.Switches, switches + 2);
    }

    /// <summary>wait_task_inactive(): waits until a task that goes to sleep in a given state is off its processor.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="task">The task; the caller keeps it alive.</param>
    /// <param name="state">The state that it has to be in.</param>
    /// <remarks>
    /// Context: any task but the one waited for; sleeps. Locks: none.
    /// Returns: how often the task has been switched out, which two calls can compare, and not 0; 0 when it is
    ///          in another state.
    /// Linux:   kernel/sched.c wait_task_inactive(), which takes the run queue's lock: a full barrier.
    /// </remarks>
    public static async Op<int> WaitTaskInactive(Cpu cpu, TaskStruct task, TaskState state)
    {
        Locking.Lockdep.MightSleep(cpu, "wait_task_inactive()");
        while (true)
        {
            await cpu.SmpMb(KernelSites.InactiveRunQueueLock); // M13
            bool isLocked = !cpu.Machine.IsWithout(KernelSites.InactiveRunQueueLock);
            TaskState now = isLocked ? await cpu.LoadAcquire(task.State) : await cpu.ReadOnce(task.State);
            if (now != state)
            {
                return 0;
            }

            int switches = isLocked ? await cpu.LoadAcquire(task.Switches) : await cpu.ReadOnce(task.Switches);
            if ((switches & 1) != 0 || now == TaskState.Dead)
            {
                // The switch away from a dead task is its last step, and nobody sees it.
                return switches | 1;
            }

            await cpu.Watch(WatchSet.Empty.With(task.Switches, switches).With(task.State, now));
        }
    }

    /// <summary>wake_up_state(): wakes a task that is in one of some states.</summary>
    /// <returns>Whether it was.</returns>
    public static async Op<bool> WakeUpState(Cpu cpu, TaskStruct task, TaskState states)
    {
        if (task.Kernel.Options.WakesAfterLoad && (await cpu.ReadOnce(task.State) & states) == TaskState.Running)
        {
            return false;
        }

        return (await cpu.ExchangeIfAny(task.State, states, TaskState.Running) & states) != TaskState.Running;
    }

    /// <summary>wake_up_process(): wakes a task, however it sleeps.</summary>
    public static OperationAwaiter<TaskState> WakeUpProcess(Cpu cpu, TaskStruct task)
        => cpu.ExchangeIfAny(task.State, TaskState.All, TaskState.Running);

    /// <summary>kick_process(): interrupts the processor that runs the task.</summary>
    public static OperationAwaiter<int> Kick(Cpu cpu, TaskStruct task)
        => cpu.Rmw(task.Interrupt, RmwKind.Or, 1);

    /// <summary>signal_pending(): whether a task has been told to look for signals.</summary>
    public static async Op<bool> SignalPending(Cpu cpu, TaskStruct task)
        => (await cpu.ReadOnce(task.ThreadFlags) & ThreadFlags.SignalPending) != ThreadFlags.None;

    /// <summary>fatal_signal_pending(): whether a task is being killed.</summary>
    /// <remarks>Locks: none; the words are read without siglock.</remarks>
    public static async Op<bool> FatalSignalPending(Cpu cpu, TaskStruct task)
        => await SignalPending(cpu, task) && await SigkillPending(cpu, task);

    private static async Op<bool> SigkillPending(Cpu cpu, TaskStruct task)
        => (await cpu.ReadOnce(task.Pending.Signal)).Contains(Abi.Signals.SIGKILL);
}
