using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Files;
using Sim.Kernel.Locking;
using Sim.Kernel.Memory;
using Sim.Kernel.Pids;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Lifecycle;

/// <summary>How a task is made. Source: kernel/fork.c do_fork(), copy_process(); spec section 4.3.</summary>
[Immutable]
public sealed class ForkPath(LinuxKernel kernel)
{
    /// <summary>do_fork(): makes a child of the current task and lets it run.</summary>
    /// <remarks>
    /// Context: current; sleeps, for vfork until the child has given its memory up. Locks: none.
    /// Returns: the child's number; -EINVAL for flags that do not go together; -EAGAIN at a limit;
    ///          -ERESTARTNOINTR when a signal has to be taken first.
    /// </remarks>
    public async Op<long> DoFork(Cpu cpu, CloneRequest request)
    {
        Lockdep.MightSleep(cpu, "do_fork()");
        if (!AreConsistent(request))
        {
            return -(long)Errno.EINVAL;
        }

        bool traced = await kernel.Tracehook.PrepareClone(cpu, request.Flags);
        (Errno error, TaskStruct? child) = await CopyProcess(cpu, request);
        if (child is null)
        {
            return -(long)error;
        }

        int nr = child.Pid.Get(cpu);
        Completion? vfork = null;
        if (request.Has(CloneFlags.Vfork))
        {
            vfork = new Completion(kernel.Machine, kernel.Machine.Label($"{child.Label}.vfork"));
            child.VforkDone.Set(cpu, vfork);
        }

        await ThreadNumbers.TellParent(cpu, request, nr);
        bool early = !cpu.Makes(KernelSites.WakeAfterReport);
        if (early)
        {
            await LetRun(cpu, request, child);
        }

        await kernel.Tracehook.ReportClone(cpu, request.Flags, nr, child);
        if (!early)
        {
            await LetRun(cpu, request, child);
        }

        await kernel.Tracehook.ReportCloneComplete(cpu, traced, request.Flags, nr);
        if (vfork is not null)
        {
            await vfork.Wait(cpu);
            await cpu.Free(vfork);
            await kernel.Tracehook.ReportVforkDone(cpu, nr);
        }

        return nr;
    }

    /// <summary>mm_release(): the memory of the current task is no longer used; whoever waits in vfork() goes on.</summary>
    /// <remarks>Context: current, in exit or exec. Linux: kernel/fork.c mm_release().</remarks>
    public async Op MmRelease(Cpu cpu, TaskStruct task)
    {
        if (task.VforkDone.Get(cpu) is { } vfork)
        {
            task.VforkDone.Set(cpu, null);
            await vfork.Complete(cpu);
        }

        // Only now, in 2.6.32: a vfork parent may still see the number.
        await ThreadNumbers.ClearAndWake(cpu, task);
    }

    /// <summary>The end of exit_mm(): a task leaves its address space; the last one frees it.</summary>
    /// <remarks>Context: current, in exit; or a child that nobody has seen.</remarks>
    internal static async Op DropMm(Cpu cpu, TaskStruct task)
    {
        if (task.Mm.Get(cpu) is { } mm)
        {
            task.Mm.Set(cpu, null);
            await mm.MmPut(cpu);
        }
    }

    /// <summary>The child is complete, and runs from now on.</summary>
    private static async Op LetRun(Cpu cpu, CloneRequest request, TaskStruct child)
    {
        await cpu.WriteOnce(child.Flags, TaskFlags.ForkNoExec);
        await (request.Has(CloneFlags.Stopped) ? NewTask.StartStopped(cpu, child) : NewTask.WakeUp(cpu, child));
    }

    private static bool AreConsistent(CloneRequest request)
    {
        bool shares = !request.Has(CloneFlags.Thread) || request.Has(CloneFlags.Sighand);
        bool handlers = !request.Has(CloneFlags.Sighand) || request.Has(CloneFlags.VM);
        bool root = !request.Has(CloneFlags.NewNs) || !request.Has(CloneFlags.FS);
        return shares && handlers && root;
    }

    /// <summary>copy_process(): everything of the child but its first step.</summary>
    /// <returns>The child, which cannot run yet and which others can find; or why not.</returns>
    private async Op<(Errno Error, TaskStruct? Child)> CopyProcess(Cpu cpu, CloneRequest request)
    {
        TaskStruct parent = cpu.Task();
        if (request.Has(CloneFlags.Parent) &&
            (await cpu.ReadOnce(parent.Signal.Flags) & SignalFlags.Unkillable) != SignalFlags.None)
        {
            return (Errno.EINVAL, null);
        }

        ResourceLimits limits = (await cpu.ReadOnce(parent.Signal.Limits))!;
        if (!limits.Allows(Resource.Nproc, kernel.PeekNrThreads + 1) ||
            kernel.PeekNrThreads >= kernel.Options.MaxThreads)
        {
            return (Errno.EAGAIN, null);
        }

        Pid? pid = await kernel.Pids.Alloc(cpu);
        if (pid is null)
        {
            return (Errno.ENOMEM, null);
        }

        TaskStruct child = await CopyTask(cpu, parent, request, pid, limits);
        if (!CopyThread(cpu, parent, child, request))
        {
            await Abandon(cpu, child, pid);
            return (Errno.EPERM, null);
        }

        await CopyMm(cpu, parent, child, request);
        await kernel.Tasklist.AcquireWrite(cpu);
        SighandStruct sighand = await kernel.LockOwnSighand(cpu);

        // A signal for the group or session is for the parent before the fork, and for both after it.
        await kernel.Pending.RecalcSigpending(cpu);
        if (await Scheduling.SignalPending(cpu, parent))
        {
            await sighand.Siglock.Release(cpu);
            await kernel.Tasklist.ReleaseWrite(cpu);
            await Abandon(cpu, child, pid);
            return (Errno.ERESTARTNOINTR, null);
        }

        await Enter(cpu, parent, child, request, pid);
        await sighand.Siglock.Release(cpu);
        await kernel.Tasklist.ReleaseWrite(cpu);
        return (Errno.None, child);
    }

    /// <summary>dup_task_struct() and the copies of what the flags do not share.</summary>
    private async Op<TaskStruct> CopyTask(
        Cpu cpu, TaskStruct parent, CloneRequest request, Pid pid, ResourceLimits limits)
    {
        string? name = request.Name ?? kernel.Machine.Label($"{parent.Label}.{pid.Nr}");
        SighandStruct own = await kernel.LockOwnSighand(cpu);
        SigActionTable actions = own.Action.Get(cpu)!;
        await own.Siglock.Release(cpu);
        SighandStruct sighand = own;
        if (request.Has(CloneFlags.Sighand))
        {
            await cpu.Rmw(own.Count, RmwKind.Add, 1);
        }
        else
        {
            sighand = new SighandStruct(kernel.Machine, name, actions);
        }

        bool thread = request.Has(CloneFlags.Thread);
        SignalStruct signal = thread
            ? parent.Signal
            : new SignalStruct(kernel, name, limits);
        var child = new TaskStruct(kernel, name, thread ? parent.Tgid : pid.Nr, signal, sighand);
        await cpu.WriteOnce(child.Flags, TaskFlags.Starting | TaskFlags.ForkNoExec);
        if (!cpu.Makes(KernelSites.Checks.ChildDoesNotStep))
        {
            const ThreadFlags steps = ThreadFlags.SingleStep | ThreadFlags.BlockStep;
            await cpu.WriteOnce(child.ThreadFlags, await cpu.ReadOnce(parent.ThreadFlags) & steps);
        }

        child.Blocked.Set(cpu, parent.Blocked.Get(cpu));
        child.Pid.Set(cpu, pid.Nr);
        await cpu.WriteOnce(child.SelfExecId, await cpu.ReadOnce(parent.SelfExecId));
        var context = new UserContext(child, request.Child);
        if ((request.Flags & (CloneFlags.VM | CloneFlags.Vfork)) != CloneFlags.VM && parent.Context.Get(cpu) is { } creator)
        {
            // A thread must not run handlers on its creator's alternate stack.
            context.SetAltStack(cpu, creator.AltStack(cpu));
        }

        child.Context.Set(cpu, context);
        child.Files.Set(cpu, await FilesStruct.ForChild(cpu, request.Has(CloneFlags.Files), name));
        child.Fs.Set(cpu, await FsStruct.ForChild(cpu, request.Has(CloneFlags.FS)));
        child.Comm.Set(cpu, parent.Comm.Get(cpu));
        ThreadNumbers.Note(cpu, child, request);
        return child;
    }

    /// <summary>copy_thread(): the child's registers, which answer 0; its thread pointer with CLONE_SETTLS.</summary>
    private bool CopyThread(Cpu cpu, TaskStruct parent, TaskStruct child, CloneRequest request)
    {
        if (kernel.Options.Architecture is not { } architecture || parent.Registers.Get(cpu) is not { } regs)
        {
            return true;
        }

        RegisterFile copy = architecture.NewRegisters(kernel.Machine, child.GivenLabel ?? "");
        child.Registers.Set(cpu, copy);
        ulong? tls = request.Has(CloneFlags.SetTls) ? request.Tls : null;
        return architecture.CopyThread(cpu, copy, regs, request.Stack, tls) == 0;
    }

    /// <summary>copy_mm(): the child shares the address space with CLONE_VM, else it has a copy.</summary>
    private static async Op CopyMm(Cpu cpu, TaskStruct parent, TaskStruct child, CloneRequest request)
    {
        MmStruct? mm = parent.Mm.Get(cpu);
        if (mm is null)
        {
            return;
        }

        if (request.Has(CloneFlags.VM))
        {
            await mm.Share(cpu);
            child.Mm.Set(cpu, mm);
        }
        else
        {
            child.Mm.Set(cpu, await mm.Duplicate(cpu, child.GivenLabel));
        }
    }

    /// <summary>The child becomes visible: parent, thread group, process group, session, number.</summary>
    /// <remarks>Locks: tasklist_lock for writing, siglock of the parent.</remarks>
    private async Op Enter(Cpu cpu, TaskStruct parent, TaskStruct child, CloneRequest request, Pid pid)
    {
        bool thread = request.Has(CloneFlags.Thread);
        child.ThreadPid.Set(cpu, pid);
        child.Rcu = kernel.Rcu.AddReader(cpu, child.GivenLabel);
        child.ExitSignal.Set(cpu, thread ? -1 : request.ExitSignal);
        TaskStruct? realParent = thread || request.Has(CloneFlags.Parent) ? parent.RealParent.Get(cpu) : parent;
        child.ParentExecId.Set(
            cpu, ReferenceEquals(realParent, parent) ? await cpu.ReadOnce(parent.SelfExecId) : parent.ParentExecId.Get(cpu));
        child.RealParent.Set(cpu, realParent);
        child.Parent.Set(cpu, realParent);
        child.GroupLeader.Set(cpu, thread ? parent.GroupLeader.Get(cpu) : child);
        if (thread)
        {
            await cpu.Rmw(parent.Signal.Count, RmwKind.Add, 1);
            await cpu.Rmw(parent.Signal.Live, RmwKind.Add, 1);
        }

        child.Signal.Threads.Add(cpu, child);
        realParent?.Children.Add(cpu, child);
        await kernel.Tracehook.FinishClone(cpu, child, request.Flags);
        if (!thread)
        {
            JoinGroupAndSession(cpu, parent, child);
        }

        await PidTable.AttachTask(cpu, child, pid);
        kernel.NrThreads.Set(cpu, kernel.NrThreads.Get(cpu) + 1);
    }

    private void JoinGroupAndSession(Cpu cpu, TaskStruct parent, TaskStruct child)
    {
        Pid? group = parent.Signal.Pgrp.Get(cpu);
        Pid? session = parent.Signal.Session.Get(cpu);
        child.Signal.Pgrp.Set(cpu, group);
        child.Signal.Session.Set(cpu, session);
        if (group is not null)
        {
            PidTable.Attach(cpu, child, PidType.Pgid, group);
        }

        if (session is not null)
        {
            PidTable.Attach(cpu, child, PidType.Sid, session);
        }

        kernel.Processes.Add(cpu, child);
    }

    /// <summary>Undoes <see cref="CopyTask"/>: nobody has seen the child.</summary>
    private async Op Abandon(Cpu cpu, TaskStruct child, Pid pid)
    {
        await FilesStruct.Drop(cpu, child);
        await FsStruct.Drop(cpu, child);
        SighandStruct sighand = (await cpu.ReadOnce(child.Sighand))!;
        if (await ReleasePath.DropSighand(cpu, sighand))
        {
            await cpu.Free(sighand);
        }

        if (!child.IsInGroupOf(cpu.Task()))
        {
            await cpu.Free(child.Signal);
        }

        await DropMm(cpu, child);
        await kernel.Pids.Free(cpu, pid);
        await cpu.Free(child);
    }
}
