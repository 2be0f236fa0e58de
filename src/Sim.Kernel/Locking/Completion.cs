using Sim.Kernel.Tasks;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Locking;

/// <summary>struct completion: one task waits until another says that something is done.</summary>
public sealed class Completion : MachineObject
{
    private readonly SpinLock _lock;
    private readonly Guarded<int> _done;
    private readonly GuardedRef<TaskStruct> _waiter;

    /// <summary>init_completion(): not done yet.</summary>
    public Completion(SimMachine machine, string? label)
        : base(machine, "completion", label)
        => (_lock, _done, _waiter) = Make(label);

    /// <summary>A completion inside another object; it dies with that one.</summary>
    public Completion(MachineObject whole, string label)
        : base(whole, "completion", label)
        => (_lock, _done, _waiter) = Make(label);

    private (SpinLock Lock, Guarded<int> Done, GuardedRef<TaskStruct> Waiter) Make(string? label)
    {
        var guard = new SpinLock(this, LockClass.Completion, label);
        return (guard, new Guarded<int>(this, "done", guard), new GuardedRef<TaskStruct>(this, "wait", guard));
    }

    /// <summary>wait_for_completion(): sleeps uninterruptibly until it is done.</summary>
    /// <remarks>Context: current; sleeps. Locks: none. Linux: kernel/sched.c do_wait_for_common().</remarks>
    public async Op Wait(Cpu cpu)
    {
        await _lock.Acquire(cpu);
        while (_done.Get(cpu) == 0)
        {
            _waiter.Set(cpu, cpu.Task());
            await Scheduling.SetCurrentStateRelaxed(cpu, TaskState.Uninterruptible);
            await _lock.Release(cpu);
            await Scheduling.Schedule(cpu, TaskState.Uninterruptible);
            await _lock.Acquire(cpu);
        }

        _waiter.Set(cpu, null);
        _done.Set(cpu, _done.Get(cpu) - 1);
        await _lock.Release(cpu);
    }

    /// <summary>complete(): it is done; wakes who waits.</summary>
    /// <remarks>Context: any; does not sleep. Locks: any below the completion's in the lock order.</remarks>
    public async Op Complete(Cpu cpu)
    {
        await _lock.Acquire(cpu);
        _done.Set(cpu, _done.Get(cpu) + 1);
        if (_waiter.Get(cpu) is { } waiter)
        {
            await Scheduling.WakeUpState(cpu, waiter, TaskState.Normal);
        }

        await _lock.Release(cpu);
    }
}
