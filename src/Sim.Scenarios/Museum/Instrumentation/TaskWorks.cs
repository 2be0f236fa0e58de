using Sim.Kernel.Locking;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>
/// The works of a task, as later kernels have them: queued by others, run by the task on its way to user mode and once
/// more when it exits. SystemTap builds its own utrace on them.
/// </summary>
internal sealed class TaskWorks : MachineObject
{
    private readonly SpinLock _lock;
    private readonly MachineList<TaskWork> _queue;
    private readonly Guarded<bool> _closed;

    internal TaskWorks(SimMachine machine)
        : base(machine, "works", "target")
    {
        _lock = new SpinLock(this, LockClass.TaskLock, "works");
        _queue = new MachineList<TaskWork>(this, "queue", _lock);
        _closed = new Guarded<bool>(this, "closed", _lock);
    }

    /// <summary>task_work_add().</summary>
    /// <returns>Whether it was queued; not once the task has run its last works.</returns>
    internal async Op<bool> Add(Cpu cpu, TaskWork work)
    {
        await _lock.Acquire(cpu);
        bool open = !_closed.Get(cpu);
        if (open && _queue.PeekContains(work))
        {
            Machine.Violate("BUG", $"{work} is queued twice");
        }
        else if (open)
        {
            _queue.Add(cpu, work);
        }

        await _lock.Release(cpu);
        return open;
    }

    /// <summary>task_work_cancel(): takes a work out; which one the caller learns only now.</summary>
    internal async Op<TaskWork?> Cancel(Cpu cpu)
    {
        await _lock.Acquire(cpu);
        TaskWork? work = Take(cpu, newest: true);
        await _lock.Release(cpu);
        return work;
    }

    /// <summary>task_work_run(): the task runs what is queued.</summary>
    /// <param name="cpu">The task's processor.</param>
    /// <param name="newestFirst">Whether the works come in the reverse order.</param>
    internal async Op Run(Cpu cpu, bool newestFirst = false)
    {
        while (true)
        {
            await _lock.Acquire(cpu);
            TaskWork? work = Take(cpu, newestFirst);
            await _lock.Release(cpu);
            if (work is null)
            {
                return;
            }

            await work.Run(cpu);
        }
    }

    /// <summary>exit_task_work(): no work is accepted any more.</summary>
    internal async Op Close(Cpu cpu)
    {
        await _lock.Acquire(cpu);
        _closed.Set(cpu, true);
        await _lock.Release(cpu);
    }

    private TaskWork? Take(Cpu cpu, bool newest)
    {
        int count = _queue.Count(cpu);
        if (count == 0)
        {
            return null;
        }

        TaskWork work = _queue.At(cpu, newest ? count - 1 : 0);
        _queue.Remove(cpu, work);
        return work;
    }
}

/// <summary>struct callback_head with its function.</summary>
internal abstract class TaskWork(SimMachine machine, string label) : MachineObject(machine, "work", label)
{
    /// <summary>What the task does.</summary>
    internal abstract Op Run(Cpu cpu);
}
