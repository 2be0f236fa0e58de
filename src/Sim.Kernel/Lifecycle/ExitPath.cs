using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Lifecycle;

/// <summary>How a task dies: do_exit() down to exit_notify(). Source: kernel/exit.c, spec section 4.7.</summary>
/// <remarks>Memory, files and signals are not torn down here yet; what tracing can see is.</remarks>
[Immutable]
public sealed class ExitPath(LinuxKernel kernel)
{
    /// <summary>Ends the current task.</summary>
    /// <remarks>
    /// Context: current; sleeps. Locks: none.
    /// Returns: when the task is off the processor for good; its routine must end then.
    /// Linux:   kernel/exit.c do_exit().
    /// </remarks>
    public async Op DoExit(Cpu cpu, int code)
    {
        TaskStruct task = cpu.Task();
        Lockdep.MightSleep(cpu, "do_exit()");
        code = await kernel.Tracehook.ReportExit(cpu, code);
        task.ExitCode.Set(cpu, code);
        await cpu.Rmw(task.Flags, RmwKind.Or, TaskFlags.Exiting);
        await ExitNotify(cpu, task, groupDead: true);
        await cpu.WriteOnce(task.State, TaskState.Dead);
        await FinishTaskSwitch(cpu, task);
    }

    /// <summary>Tells the parent, becomes a zombie or dead, and reports the death.</summary>
    /// <remarks>
    /// Context: current; sleeps in the death report. Locks: takes tasklist_lock for writing.
    /// Linux:   kernel/exit.c exit_notify().
    /// </remarks>
    private async Op ExitNotify(Cpu cpu, TaskStruct task, bool groupDead)
    {
        await kernel.Tasklist.AcquireWrite(cpu, KernelSites.ExitNotifyLock); // M6
        ForgetOriginalParent(cpu, task);
        int signal = kernel.Tracehook.NotifyDeath(cpu, task, groupDead);
        if (signal >= 0)
        {
            signal = await DoNotifyParent(cpu, task, signal);
        }

        await cpu.WriteOnce(
            task.ExitState, signal == DeathAction.Reap ? ExitState.Dead : ExitState.Zombie);
        await kernel.Tasklist.ReleaseWrite(cpu, KernelSites.ExitNotifyLock);

        await kernel.Tracehook.ReportDeath(cpu, task, signal, groupDead);
        if (signal == DeathAction.Reap)
        {
            await kernel.Release.ReleaseTask(cpu, task);
        }
    }

    /// <summary>Tells the parent of a death; the child of one that ignores SIGCHLD reaps itself.</summary>
    /// <remarks>
    /// Locks:   tasklist_lock for writing.
    /// Returns: the signal sent, or <see cref="DeathAction.Reap"/>.
    /// Linux:   kernel/signal.c do_notify_parent().
    /// </remarks>
    private static async Op<int> DoNotifyParent(Cpu cpu, TaskStruct task, int signal)
    {
        TaskStruct? parent = task.Parent.Get(cpu);
        if (parent is null)
        {
            return DeathAction.Reap;
        }

        bool ignored = parent.IgnoresChildren.Get(cpu);
        await parent.WaitChildExit.WakeUpInterruptible(cpu);
        return ignored ? DeathAction.Reap : signal;
    }

    /// <summary>Children of a dying task have no parent from now on.</summary>
    /// <remarks>Locks: tasklist_lock for writing. Linux: kernel/exit.c forget_original_parent().</remarks>
    private static void ForgetOriginalParent(Cpu cpu, TaskStruct task)
    {
        while (task.Children.Count(cpu) > 0)
        {
            TaskStruct child = task.Children.At(cpu, 0);
            child.Parent.Set(cpu, null);
            task.Children.Remove(cpu, child);
        }
    }

    /// <summary>The scheduler drops the running task's own reference, without RCU delay.</summary>
    private static Op FinishTaskSwitch(Cpu cpu, TaskStruct task) => task.Put(cpu);
}
