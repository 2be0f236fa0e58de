using Sim.Kernel.Tasks;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Locking;

/// <summary>
/// wait_queue_head_t: tasks that wait for something to happen. A waiter puts itself on the queue,
/// leaves TASK_RUNNING, looks once more, and only then sleeps; whoever makes it happen wakes the
/// queue. Source: kernel/wait.c, kernel/sched.c.
/// </summary>
public sealed class WaitQueue : MachineObject
{
    private readonly SpinLock _lock;
    private readonly MachineList<TaskStruct> _waiters;

    /// <summary>A queue without waiters.</summary>
    public WaitQueue(SimMachine machine, string? label)
        : base(machine, "waitqueue", label)
    {
        _lock = new SpinLock(this, LockClass.WaitQueue, label);
        _waiters = new MachineList<TaskStruct>(this, "waiters", _lock);
    }

    /// <summary>A queue without waiters inside another object; it dies with that one.</summary>
    public WaitQueue(MachineObject whole, string? label)
        : base(whole, "waitqueue", label)
    {
        _lock = new SpinLock(this, LockClass.WaitQueue, label);
        _waiters = new MachineList<TaskStruct>(this, "waiters", _lock);
    }

    /// <summary>add_wait_queue(): puts the current task on the queue.</summary>
    /// <remarks>Context: current. Locks: none above the queue's in the lock order.</remarks>
    public async Op Add(Cpu cpu)
    {
        await _lock.Acquire(cpu);
        _waiters.Add(cpu, cpu.Task());
        await _lock.Release(cpu);
    }

    /// <summary>remove_wait_queue(): takes the current task off the queue.</summary>
    /// <remarks>Context: current. Locks: none above the queue's in the lock order.</remarks>
    public async Op Remove(Cpu cpu)
    {
        await _lock.Acquire(cpu);
        _waiters.Remove(cpu, cpu.Task());
        await _lock.Release(cpu);
    }

    /// <summary>wake_up_interruptible(): wakes every waiter that sleeps interruptibly.</summary>
    /// <remarks>Context: any; does not sleep. Locks: any below the queue's in the lock order.</remarks>
    public Op WakeUpInterruptible(Cpu cpu) => Wake(cpu, TaskState.Interruptible);

    /// <summary>wake_up_all(): wakes every waiter.</summary>
    /// <inheritdoc cref="WakeUpInterruptible"/>
    public Op WakeUpAll(Cpu cpu) => Wake(cpu, TaskState.Normal);

    private async Op Wake(Cpu cpu, TaskState states)
    {
        await _lock.Acquire(cpu);
        for (int i = 0; i < _waiters.Count(cpu); i++)
        {
            await Scheduling.WakeUpState(cpu, _waiters.At(cpu, i), states);
        }

        await _lock.Release(cpu);
    }
}
