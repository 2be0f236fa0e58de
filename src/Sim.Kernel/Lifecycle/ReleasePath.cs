using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Lifecycle;

/// <summary>From EXIT_DEAD to nothing. Source: kernel/exit.c, spec section 4.7.</summary>
[Immutable]
public sealed class ReleasePath(LinuxKernel kernel)
{
    /// <summary>Unlinks a dead task and drops the releaser's reference after a grace period.</summary>
    /// <remarks>
    /// Context: the parent, or the task itself; the caller made exit_state EXIT_DEAD and so is the
    ///          only one here; may sleep in the tracing hook.
    /// Locks:   none on entry; takes tasklist_lock for writing.
    /// Linux:   kernel/exit.c release_task().
    /// </remarks>
    public async Op ReleaseTask(Cpu cpu, TaskStruct task)
    {
        await kernel.Tracehook.PrepareReleaseTask(cpu, task); // M1
        await kernel.Tasklist.AcquireWrite(cpu);
        await kernel.Tracehook.FinishReleaseTask(cpu, task);
        ExitSignal(cpu, task);
        await kernel.Tasklist.ReleaseWrite(cpu);
        await kernel.Rcu.Call(cpu, new DelayedPut(task));
    }

    /// <summary>The task's number and its place among its parent's children are gone.</summary>
    /// <remarks>Locks: tasklist_lock for writing. Linux: kernel/exit.c __exit_signal().</remarks>
    private static void ExitSignal(Cpu cpu, TaskStruct task)
    {
        TaskStruct? parent = task.Parent.Get(cpu);
        parent?.Children.Remove(cpu, task);
        task.Parent.Set(cpu, null);
    }

    /// <summary>delayed_put_task_struct(): drops the releaser's reference.</summary>
    private sealed class DelayedPut(TaskStruct task) : RcuHead(task.Machine, $"put {task.Label}")
    {
        public override Op Run(Cpu cpu) => task.Put(cpu);
    }
}
