using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Lifecycle;

/// <summary>A parent waits for a child and reaps it. Source: kernel/exit.c do_wait().</summary>
[Immutable]
public sealed class WaitPath(LinuxKernel kernel)
{
    /// <summary>Sleeps until a child is a zombie, and reaps it.</summary>
    /// <remarks>
    /// Context: current; sleeps. Locks: none on entry; takes tasklist_lock for reading.
    /// Returns: the number of the child reaped, or -ECHILD as 0 when there is no child.
    /// Linux:   kernel/exit.c do_wait().
    /// </remarks>
    public async Op<int> WaitForChild(Cpu cpu)
    {
        TaskStruct parent = cpu.Task();
        await parent.WaitChildExit.Add(cpu);
        int pid = await Wait(cpu, parent);
        await parent.WaitChildExit.Remove(cpu);
        return pid;
    }

    /// <summary>The loop of do_wait(): look, and sleep until a child has something to say.</summary>
    private async Op<int> Wait(Cpu cpu, TaskStruct parent)
    {
        while (true)
        {
            await Scheduling.SetCurrentState(cpu, TaskState.Interruptible);
            await kernel.Tasklist.AcquireRead(cpu);
            (TaskStruct? zombie, bool any) = await FindZombie(cpu, parent);
            if (zombie is not null)
            {
                await cpu.WriteOnce(parent.State, TaskState.Running);
                int pid = zombie.Pid;
                if (await WaitTaskZombie(cpu, zombie))
                {
                    return pid;
                }

                continue;
            }

            await kernel.Tasklist.ReleaseRead(cpu);
            if (!any)
            {
                await cpu.WriteOnce(parent.State, TaskState.Running);
                return 0;
            }

            await Scheduling.Schedule(cpu);
        }
    }

    /// <summary>The first child that is a zombie, and whether any is worth waiting for.</summary>
    /// <remarks>
    /// Locks: tasklist_lock for reading. A child in EXIT_DEAD is somebody else's already and does not
    /// count. Linux: kernel/exit.c wait_consider_task().
    /// </remarks>
    private static async Op<(TaskStruct? Zombie, bool Any)> FindZombie(Cpu cpu, TaskStruct parent)
    {
        bool any = false;
        for (int i = 0; i < parent.Children.Count(cpu); i++)
        {
            TaskStruct child = parent.Children.At(cpu, i);
            ExitState state = await cpu.ReadOnce(child.ExitState);
            if (state == ExitState.Zombie)
            {
                return (child, true);
            }

            any |= state == ExitState.Alive;
        }

        return (null, any);
    }

    /// <summary>Takes a zombie for oneself and releases it.</summary>
    /// <remarks>
    /// Locks:   tasklist_lock for reading on entry; released on return.
    /// Returns: whether the caller was first; false when another thread took it.
    /// Linux:   kernel/exit.c wait_task_zombie().
    /// </remarks>
    private async Op<bool> WaitTaskZombie(Cpu cpu, TaskStruct child)
    {
        ExitState before;
        if (cpu.Machine.IsWithout(KernelSites.ZombieToDead))
        {
            before = await cpu.ReadOnce(child.ExitState);
            await cpu.WriteOnce(child.ExitState, ExitState.Dead);
        }
        else
        {
            before = await cpu.Rmw(child.ExitState, RmwKind.Exchange, ExitState.Dead, KernelSites.ZombieToDead);
        }

        await kernel.Tasklist.ReleaseRead(cpu);
        if (before != ExitState.Zombie)
        {
            return false;
        }

        await kernel.Release.ReleaseTask(cpu, child);
        return true;
    }
}
