using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Pids;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Lifecycle;

/// <summary>From EXIT_DEAD to nothing. Source: kernel/exit.c, spec section 4.7.</summary>
[Immutable]
public sealed class ReleasePath(LinuxKernel kernel)
{
    /// <summary>release_task(): unlinks a dead task and drops the releaser's reference after a grace period.</summary>
    /// <remarks>
    /// Context: the parent, the task itself, an heir, or exec; the caller made exit_state EXIT_DEAD and so is
    ///          the only one here; may sleep in the tracing hook.
    /// Locks:   none on entry; takes tasklist_lock for writing.
    /// Linux:   kernel/exit.c release_task().
    /// </remarks>
    public async Op ReleaseTask(Cpu cpu, TaskStruct task)
    {
        TaskStruct? next = task;
        while (next is not null)
        {
            task = next;
            await kernel.Tracehook.PrepareReleaseTask(cpu, task); // M1
            await kernel.Tasklist.AcquireWrite(cpu);
            await kernel.Tracehook.FinishReleaseTask(cpu, task);
            TaskStruct leader = task.GroupLeader.Get(cpu)!;
            SighandStruct? unused = await ExitSignal(cpu, task);
            next = await FindWaitingLeader(cpu, task, leader);
            await kernel.Tasklist.ReleaseWrite(cpu);
            var last = new DelayedPut(task, unused);
            await (cpu.Makes(KernelSites.DelayedPut) ? kernel.Rcu.Call(cpu, last) : last.Run(cpu));
        }
    }

    /// <summary>
    /// The last thread but a zombie leader is gone: the leader's parent is told now, and a leader that nobody
    /// wants is released next.
    /// </summary>
    /// <remarks>Locks: tasklist_lock for writing.</remarks>
    private async Op<TaskStruct?> FindWaitingLeader(Cpu cpu, TaskStruct task, TaskStruct leader)
    {
        if (ReferenceEquals(leader, task) || leader.Signal.Threads.Count(cpu) != 1 ||
            await cpu.ReadOnce(leader.ExitState) != ExitState.Zombie)
        {
            return null;
        }

        if (await kernel.Notice.OfDeath(cpu, leader, leader.ExitSignal.Get(cpu)) != DeathAction.Reap)
        {
            return null;
        }

        await cpu.WriteOnce(leader.ExitState, ExitState.Dead);
        return leader;
    }

    /// <summary>__exit_signal(): leaves the group and the handlers; nobody can find or signal the task any more.</summary>
    /// <returns>The handlers, if nobody uses them any more.</returns>
    /// <remarks>Locks: tasklist_lock for writing; takes siglock.</remarks>
    private async Op<SighandStruct?> ExitSignal(Cpu cpu, TaskStruct task)
    {
        SignalStruct shared = task.Signal;
        SighandStruct sighand = (await cpu.ReadOnce(task.Sighand))!;
        await sighand.Siglock.Acquire(cpu);
        int left = await cpu.Rmw(shared.Count, RmwKind.Add, -1) - 1;
        if (left > 0)
        {
            if (await cpu.ReadOnce(shared.GroupExitTask) is { } waiting && await cpu.ReadOnce(shared.NotifyCount) == left)
            {
                // exec by a thread waits for this one to be gone.
                await Scheduling.WakeUpProcess(cpu, waiting);
            }

            if (ReferenceEquals(shared.CurrTarget.Get(cpu), task))
            {
                shared.CurrTarget.Set(cpu, null);
            }
        }

        await UnhashProcess(cpu, task);
        await kernel.Pending.Flush(cpu, task.Pending);
        await cpu.WriteOnce(task.Sighand, null);
        await sighand.Siglock.Release(cpu);
        if (left == 0)
        {
            await kernel.Pending.Flush(cpu, shared.SharedPending);
            await cpu.Free(shared);
        }

        return await DropSighand(cpu, sighand) ? sighand : null;
    }

    /// <summary>
    /// __cleanup_sighand(): gives up a use of handlers. After the last one their memory stays for a grace period
    /// (SLAB_DESTROY_BY_RCU), since lock_task_sighand() may be about to lock them.
    /// </summary>
    /// <returns>Whether it was the last.</returns>
    internal static async Op<bool> DropSighand(Cpu cpu, SighandStruct sighand)
        => await cpu.Rmw(sighand.Count, RmwKind.Add, -1) == 1;

    /// <summary>__unhash_process(): gives the task's numbers up and leaves every list.</summary>
    /// <remarks>Locks: tasklist_lock for writing, siglock.</remarks>
    private async Op UnhashProcess(Cpu cpu, TaskStruct task)
    {
        SignalStruct shared = task.Signal;
        if (task.ThreadPid.Get(cpu) is { } pid)
        {
            task.ThreadPid.Set(cpu, null);
            await kernel.Pids.DetachTask(cpu, task, pid);
        }

        if (task.IsGroupLeader(cpu))
        {
            await LeaveGroupAndSession(cpu, task, shared);
            kernel.Processes.Remove(cpu, task);
        }

        shared.Threads.Remove(cpu, task);
        task.RealParent.Get(cpu)?.Children.Remove(cpu, task);
        kernel.NrThreads.Set(cpu, kernel.NrThreads.Get(cpu) - 1);
    }

    private async Op LeaveGroupAndSession(Cpu cpu, TaskStruct task, SignalStruct shared)
    {
        if (shared.Pgrp.Get(cpu) is { } group)
        {
            await kernel.Pids.Detach(cpu, task, PidType.Pgid, group);
        }

        if (shared.Session.Get(cpu) is { } session)
        {
            await kernel.Pids.Detach(cpu, task, PidType.Sid, session);
        }
    }

    /// <summary>delayed_put_task_struct(): drops the releaser's reference, and frees handlers that nobody uses.</summary>
    private sealed class DelayedPut(TaskStruct task, SighandStruct? unused) : RcuHead(task.Machine, task.Machine.Label($"put {task.Label}"))
    {
        public override async Op Run(Cpu cpu)
        {
            if (unused is not null)
            {
                await cpu.Free(unused);
            }

            await task.Put(cpu);
        }
    }
}
