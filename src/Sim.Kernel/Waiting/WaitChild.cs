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
    /// <param name="cpu">The processor.</param>
    /// <param name="request">What is waited for.</param>
    /// <param name="child">A child, or a task that the caller traces by ptrace.</param>
    /// <param name="asTracer">Which of the two.</param>
    /// <remarks>Locks: tasklist_lock for reading; released when something was found.</remarks>
    internal async Op<ChildState> Consider(Cpu cpu, WaitRequest request, TaskStruct child, bool asTracer)
    {
        if (!IsEligible(cpu, request, child))
        {
            return ChildState.NotOurs;
        }

        if (!asTracer && child.Ptrace.Get(cpu) != PtraceFlags.None)
        {
            // Hidden by its tracer, but it will be seen.
            return ChildState.Later;
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

        if (asTracer)
        {
            ChildState trapped = await WaitTaskTrapped(cpu, request, child);
            return trapped.Found ? trapped : await WaitTaskContinued(cpu, request, child);
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

        bool traced = Lifecycle.PtraceLinks.IsReparented(cpu, child);
        await kernel.Tasklist.ReleaseRead(cpu);
        bool group = (await cpu.ReadOnce(child.Signal.Flags) & SignalFlags.GroupExit) != SignalFlags.None;
        int status = group ? await cpu.ReadOnce(child.Signal.GroupExitCode) : child.ExitCode.Get(cpu);
        if (!traced || await IsForReleaseAfterTrace(cpu, child))
        {
            await kernel.Release.ReleaseTask(cpu, child);
        }

        return ChildState.Now(WaitResult.Ended(pid, status));
    }

    /// <summary>The end of wait_task_zombie() by a tracer: the real parent is told, and has the zombie unless it wants none.</summary>
    private async Op<bool> IsForReleaseAfterTrace(Cpu cpu, TaskStruct child)
    {
        await kernel.Tasklist.AcquireWrite(cpu);
        await Lifecycle.PtraceLinks.Unlink(cpu, child);
        if (!child.IsDetached(cpu))
        {
            await kernel.Notice.OfDeath(cpu, child, child.ExitSignal.Get(cpu));
        }

        bool released = child.IsDetached(cpu);
        if (!released)
        {
            await cpu.WriteOnce(child.ExitState, ExitState.Zombie);
        }

        await kernel.Tasklist.ReleaseWrite(cpu);
        return released;
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
        await sighand.Siglock.Acquire(cpu, KernelSites.WaitStoppedSiglock);
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

    /// <summary>
    /// wait_task_stopped() by a tracer, who needs no WUNTRACED: any stop of the very thread, with what stands in
    /// exit_code.
    /// </summary>
    private async Op<ChildState> WaitTaskTrapped(Cpu cpu, WaitRequest request, TaskStruct child)
    {
        if (!await IsStoppedOrTraced(cpu, child))
        {
            return ChildState.Later;
        }

        SighandStruct sighand = (await cpu.ReadOnce(child.Sighand))!;
        await sighand.Siglock.Acquire(cpu);
        int code = await IsStoppedOrTraced(cpu, child) ? child.ExitCode.Get(cpu) : 0;
        if (code != 0 && !request.Has(WaitOptions.NoWait))
        {
            child.ExitCode.Set(cpu, 0);
        }

        await sighand.Siglock.Release(cpu);
        if (code == 0)
        {
            return ChildState.Later;
        }

        int pid = child.Pid.Get(cpu);
        await kernel.Tasklist.ReleaseRead(cpu);
        return ChildState.Now(new WaitResult(pid, WaitStatus.Stopped(code), SiCode.Trapped, code));
    }

    private static async Op<bool> IsStoppedOrTraced(Cpu cpu, TaskStruct child)
        => (await cpu.ReadOnce(child.State) & (TaskState.StoppedBit | TaskState.TracedBit)) != TaskState.Running;

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
