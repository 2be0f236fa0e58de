using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Pids;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Waiting;

/// <summary>One child in the eyes of a wait: dead, stopped, continued, or nothing to say yet. Source: kernel/exit.c.</summary>
[Immutable]
internal sealed class WaitChild(LinuxKernel kernel)
{
    /// <summary>wait_consider_task().</summary>
    /// <remarks>Locks: tasklist_lock for reading; released when something was found.</remarks>
    internal async Op<ChildState> Consider(Cpu cpu, WaitRequest request, TaskStruct child)
    {
        // Detached threads are in the list of children too, and nobody waits for them.
        if (child.IsDetached(cpu) || !IsEligible(cpu, request, child))
        {
            return ChildState.NotOurs;
        }

        ExitState exit = await cpu.ReadOnce(child.ExitState);
        if (exit == ExitState.Dead)
        {
            // Somebody else's already.
            return ChildState.NotOurs;
        }

        // A leader is not reaped while its threads are alive.
        if (exit == ExitState.Zombie && !IsDelayedLeader(cpu, child))
        {
            return await WaitTaskZombie(cpu, request, child);
        }

        ChildState stopped = await WaitTaskStopped(cpu, request, child);
        return stopped.Found ? stopped : await WaitTaskContinued(cpu, request, child);
    }

    /// <summary>eligible_child(): by number or group, and by kind of child.</summary>
    private static bool IsEligible(Cpu cpu, WaitRequest request, TaskStruct child)
    {
        bool chosen = request.Type switch
        {
            null => true,
            PidType.Pid => child.Pid.Get(cpu) == request.Nr,
            PidType.Pgid => child.Signal.Pgrp.Get(cpu)?.Nr == request.Nr,
            PidType.Sid or _ => throw new System.Diagnostics.UnreachableException(),
        };
        bool isClone = child.ExitSignal.Get(cpu) != Abi.Signals.SIGCHLD;
        return chosen && (request.Has(WaitOptions.All) || isClone == request.Has(WaitOptions.Clone));
    }

    /// <summary>delay_group_leader().</summary>
    private static bool IsDelayedLeader(Cpu cpu, TaskStruct child)
        => child.IsGroupLeader(cpu) && child.Signal.Threads.Count(cpu) > 1;

    /// <summary>wait_task_zombie(): takes a zombie for oneself and releases it, or only looks at it.</summary>
    private async Op<ChildState> WaitTaskZombie(Cpu cpu, WaitRequest request, TaskStruct child)
    {
        if (!request.Has(WaitOptions.Exited))
        {
            // A zombie will never stop or go on again.
            return ChildState.NotOurs;
        }

        int pid = child.Pid.Get(cpu);
        if (request.Has(WaitOptions.NoWait))
        {
            // The leader's own code, even if the group has another: so it is in 2.6.32.
            int code = child.ExitCode.Get(cpu);
            await kernel.Tasklist.ReleaseRead(cpu);
            return ChildState.Now(WaitResult.Ended(pid, code));
        }

        if (!await TakeZombie(cpu, child))
        {
            // Another thread was faster.
            return ChildState.NotOurs;
        }

        await kernel.Tasklist.ReleaseRead(cpu);
        bool group = (await cpu.ReadOnce(child.Signal.Flags) & SignalFlags.GroupExit) != SignalFlags.None;
        int status = group ? await cpu.ReadOnce(child.Signal.GroupExitCode) : child.ExitCode.Get(cpu);
        await kernel.Release.ReleaseTask(cpu, child);
        return ChildState.Now(WaitResult.Ended(pid, status));
    }

    /// <summary>Only one thread moves a zombie to EXIT_DEAD: the one that reaps it.</summary>
    private static async Op<bool> TakeZombie(Cpu cpu, TaskStruct child)
    {
        if (cpu.Machine.IsWithout(KernelSites.ZombieToDead))
        {
            ExitState seen = await cpu.ReadOnce(child.ExitState);
            await cpu.WriteOnce(child.ExitState, ExitState.Dead);
            return seen == ExitState.Zombie;
        }

        return await cpu.Rmw(child.ExitState, RmwKind.Exchange, ExitState.Dead, KernelSites.ZombieToDead) ==
            ExitState.Zombie;
    }

    /// <summary>wait_task_stopped(): a stop is reported once.</summary>
    private async Op<ChildState> WaitTaskStopped(Cpu cpu, WaitRequest request, TaskStruct child)
    {
        SignalStruct shared = child.Signal;
        if (!request.Has(WaitOptions.Untraced) ||
            (await cpu.ReadOnce(shared.Flags) & SignalFlags.StopStopped) == SignalFlags.None)
        {
            return ChildState.Later;
        }

        SighandStruct sighand = (await cpu.ReadOnce(child.Sighand))!;
        await sighand.Siglock.Acquire(cpu);
        bool stopped = (await cpu.ReadOnce(shared.Flags) & SignalFlags.StopStopped) != SignalFlags.None;
        int signal = stopped ? await cpu.ReadOnce(shared.GroupExitCode) : 0;
        if (signal != 0 && !request.Has(WaitOptions.NoWait))
        {
            await cpu.WriteOnce(shared.GroupExitCode, 0);
        }

        await sighand.Siglock.Release(cpu);
        if (signal == 0)
        {
            return ChildState.Later;
        }

        int pid = child.Pid.Get(cpu);
        await kernel.Tasklist.ReleaseRead(cpu);
        return ChildState.Now(new WaitResult(pid, WaitStatus.Stopped(signal), SiCode.Stopped, signal));
    }

    /// <summary>wait_task_continued(): so is going on after a stop.</summary>
    private async Op<ChildState> WaitTaskContinued(Cpu cpu, WaitRequest request, TaskStruct child)
    {
        SignalStruct shared = child.Signal;
        if (!request.Has(WaitOptions.Continued) ||
            (await cpu.ReadOnce(shared.Flags) & SignalFlags.StopContinued) == SignalFlags.None)
        {
            return ChildState.Later;
        }

        SighandStruct sighand = (await cpu.ReadOnce(child.Sighand))!;
        await sighand.Siglock.Acquire(cpu);
        SignalFlags flags = await cpu.ReadOnce(shared.Flags);
        bool continued = (flags & SignalFlags.StopContinued) != SignalFlags.None;
        if (continued && !request.Has(WaitOptions.NoWait))
        {
            await cpu.WriteOnce(shared.Flags, flags & ~SignalFlags.StopContinued);
        }

        await sighand.Siglock.Release(cpu);
        if (!continued)
        {
            return ChildState.Later;
        }

        int pid = child.Pid.Get(cpu);
        await kernel.Tasklist.ReleaseRead(cpu);
        return ChildState.Now(
            new WaitResult(pid, WaitStatus.Continued, SiCode.Continued, Abi.Signals.SIGCONT));
    }
}
