using Sim.Kernel.Barriers;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Lifecycle;

/// <summary>
/// The children of a task that dies go to another thread of its group, or to init. Source: kernel/exit.c
/// forget_original_parent().
/// </summary>
[Immutable]
public sealed class Reparenting(LinuxKernel kernel)
{
    /// <summary>forget_original_parent(): finds new parents, and reaps the zombies that the new one does not want.</summary>
    /// <remarks>Context: current, in exit_notify(); may sleep in releases. Locks: takes tasklist_lock for writing.</remarks>
    public async Op ForgetOriginalParent(Cpu cpu, TaskStruct father)
    {
        await kernel.Tasklist.AcquireWrite(cpu);
        if (father.Ptraced.Count(cpu) != 0)
        {
            await kernel.Tasklist.ReleaseWrite(cpu);
            await PtraceLinks.ExitPtrace(cpu, father);
            await kernel.Tasklist.AcquireWrite(cpu);
        }

        if (father.Children.Count(cpu) == 0 && !ReferenceEquals(father, kernel.ChildReaper.Get(cpu)))
        {
            await kernel.Tasklist.ReleaseWrite(cpu);
            return;
        }

        TaskStruct? reaper = await FindNewReaper(cpu, father);
        while (father.Children.Count(cpu) > 0)
        {
            TaskStruct child = father.Children.At(cpu, 0);
            child.RealParent.Set(cpu, reaper);
            if (ReferenceEquals(child.Parent.Get(cpu), father))
            {
                child.Parent.Set(cpu, reaper);
            }

            await ReparentThread(cpu, father, child, reaper);
        }

        await kernel.Tasklist.ReleaseWrite(cpu);
        await ReleaseTheDead(cpu, father);
    }

    /// <summary>next_thread(): around the group in a ring.</summary>
    private static TaskStruct? NextThread(Cpu cpu, TaskStruct thread)
        => thread.Signal.Threads.After(cpu, thread) ?? thread.Signal.Threads.First(cpu);

    /// <summary>
    /// find_new_reaper(): the next living thread of the same group, else init. When it is init's own thread that inherits
    /// orphans, the next thread does so from now on; without one there is no init any more.
    /// </summary>
    /// <remarks>Locks: tasklist_lock for writing.</remarks>
    private async Op<TaskStruct?> FindNewReaper(Cpu cpu, TaskStruct father)
    {
        TaskStruct? childReaper = kernel.ChildReaper.Get(cpu);
        TaskStruct? thread = NextThread(cpu, father);
        while (thread is not null && !ReferenceEquals(thread, father))
        {
            if ((await cpu.ReadOnce(thread.Flags) & TaskFlags.Exiting) == TaskFlags.None)
            {
                if (ReferenceEquals(childReaper, father))
                {
                    kernel.ChildReaper.Set(cpu, thread);
                }

                return thread;
            }

            thread = NextThread(cpu, thread);
        }

        if (ReferenceEquals(childReaper, father))
        {
            kernel.Machine.Violate("PANIC", "Attempted to kill init!");
            return null;
        }

        return childReaper;
    }

    /// <summary>reparent_thread(): the child learns of it, and a zombie is shown to its new parent.</summary>
    private async Op ReparentThread(Cpu cpu, TaskStruct father, TaskStruct child, TaskStruct? reaper)
    {
        if (await cpu.ReadOnce(child.PdeathSignal) is var signal and not 0)
        {
            SighandStruct? sighand = await cpu.ReadOnce(child.Sighand);
            if (sighand is not null)
            {
                await sighand.Siglock.Acquire(cpu);
                await kernel.Send.Send(cpu, signal, default, SignalSource.NoInfo, child, group: true);
                await sighand.Siglock.Release(cpu);
            }
        }

        father.Children.Remove(cpu, child);
        reaper?.Children.Add(cpu, child);
        if (child.IsDetached(cpu) || (reaper is not null && reaper.IsInGroupOf(father)))
        {
            return;
        }

        // Nobody but init gets another signal than SIGCHLD from a stranger's child.
        child.ExitSignal.Set(cpu, Abi.Signals.SIGCHLD);
        if (child.Ptrace.Get(cpu) == PtraceFlags.None &&
            await cpu.ReadOnce(child.ExitState) == ExitState.Zombie && child.Signal.Threads.Count(cpu) == 1)
        {
            await kernel.Notice.OfDeath(cpu, child, child.ExitSignal.Get(cpu));
            if (child.IsDetached(cpu))
            {
                await cpu.WriteOnce(child.ExitState, ExitState.Dead);
                reaper?.Children.Remove(cpu, child);
                father.DeadChildren.Add(cpu, child);
            }
        }

        await kernel.Orphans.KillOrphanedPgrp(cpu, child, father);
    }

    /// <summary>Releases what stands in <see cref="TaskStruct.DeadChildren"/>.</summary>
    internal async Op ReleaseTheDead(Cpu cpu, TaskStruct father)
    {
        while (father.DeadChildren.Count(cpu) > 0)
        {
            TaskStruct child = father.DeadChildren.At(cpu, 0);
            father.DeadChildren.Remove(cpu, child);
            await kernel.Release.ReleaseTask(cpu, child);
        }
    }
}
