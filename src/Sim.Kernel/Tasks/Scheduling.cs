using Sim.Machine.Processors;

namespace Sim.Kernel.Tasks;

/// <summary>Sleeping and waking, as kernel/sched.c has it.</summary>
public static class Scheduling
{
    /// <summary>set_current_state(): a store with a full barrier behind it.</summary>
    public static OperationAwaiter<TaskState> SetCurrentState(Cpu cpu, TaskState state)
        => cpu.Rmw(cpu.Task().State, RmwKind.Exchange, state);

    /// <summary>schedule() of a task that has left TASK_RUNNING: sleeps until it is woken.</summary>
    /// <remarks>Context: current; sleeps. Locks: none.</remarks>
    public static OperationAwaiter<TaskState> Schedule(Cpu cpu)
    {
        Locking.Lockdep.MightSleep(cpu, "schedule()");
        return cpu.LoadWhen(cpu.Task().State, GuardKind.Equal, TaskState.Running);
    }

    /// <summary>wake_up_interruptible() of one task: no effect unless it sleeps interruptibly.</summary>
    public static OperationAwaiter<TaskState> WakeUpInterruptible(Cpu cpu, TaskStruct task)
        => cpu.CompareExchange(task.State, TaskState.Interruptible, TaskState.Running);

    /// <summary>kick_process(): interrupts the processor that runs the task.</summary>
    public static OperationAwaiter<int> Kick(Cpu cpu, TaskStruct task)
        => cpu.Rmw(task.Interrupt, RmwKind.Or, 1);
}
