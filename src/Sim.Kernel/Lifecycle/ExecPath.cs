using System.Text;
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

/// <summary>How a task changes its program. Source: fs/exec.c do_execve(), flush_old_exec(), de_thread().</summary>
[Immutable]
public sealed class ExecPath(LinuxKernel kernel)
{
    /// <summary>do_execve(): the current task goes on with another program, alone in its group.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="program">The program.</param>
    /// <param name="stack">What it finds on its stack; null for no stack.</param>
    /// <param name="file">Its path, whose last part names the task; null keeps the name that the task has.</param>
    /// <remarks>
    /// Context: current; sleeps until the other threads are gone. Locks: none.
    /// Returns: -EAGAIN when the group dies already; 0 when the old program is no more.
    /// </remarks>
    public async Op<long> DoExecve(Cpu cpu, UserProgram program, StackImage? stack = null, string? file = null)
    {
        TaskStruct task = cpu.Task();
        Lockdep.MightSleep(cpu, "do_execve()");
        Errno error = await DeThread(cpu, task);
        if (error != Errno.None)
        {
            return -(long)error;
        }

        // The point of no return: from here on an error kills the task.
        await kernel.Fork.MmRelease(cpu, task);
        await ExecMmap(cpu, task, stack?.Top ?? Paging.TaskSize);
        if (stack is not null && task.Mm.Get(cpu) is { } mm)
        {
            if (await mm.SetUpStack(cpu, stack) != Errno.None)
            {
                await kernel.Exit.DoGroupExit(cpu, Abi.Signals.SIGKILL);
            }

            task.Context.Get(cpu)!.StackPointer.Set(cpu, stack.StackPointer);
        }

        SetTaskComm(cpu, task, file);
        await FlushSignalHandlers(cpu);
        await FilesStruct.AfterExec(cpu, task);
        await cpu.WriteOnce(task.Flags, await cpu.ReadOnce(task.Flags) & ~TaskFlags.ForkNoExec);
        await cpu.WriteOnce(task.SelfExecId, await cpu.ReadOnce(task.SelfExecId) + 1);
        await cpu.WriteOnce(task.DidExec, true);
        task.Context.Get(cpu)!.Program.Set(cpu, new ProgramImage(kernel.Machine, program));
        await kernel.Tracehook.ReportExec(cpu);
        return 0;
    }

    /// <summary>set_task_comm(): what stands behind the last slash of the path, cut to 15 bytes.</summary>
    private static void SetTaskComm(Cpu cpu, TaskStruct task, string? file)
    {
        if (file is not null)
        {
            byte[] name = Encoding.UTF8.GetBytes(file[(file.LastIndexOf('/') + 1)..]);
            task.Comm.Set(cpu, Bytes.Of(name.AsSpan(0, Math.Min(name.Length, TaskStruct.CommLength - 1))));
        }
    }

    /// <summary>exec_mmap(): an empty address space in place of the old one.</summary>
    private async Op ExecMmap(Cpu cpu, TaskStruct task, ulong taskSize)
    {
        if (task.Mm.Get(cpu) is { } old)
        {
            task.Mm.Set(cpu, new MmStruct(kernel.Machine, task.GivenLabel, old.Limits.Peek, taskSize));
            await old.MmPut(cpu);
        }
    }

    /// <summary>de_thread(): kills the other threads, and makes the current one leader of a group of one.</summary>
    private async Op<Errno> DeThread(Cpu cpu, TaskStruct task)
    {
        if (!await GroupStop.IsAlone(cpu, task.Signal))
        {
            Errno error = await KillOtherThreads(cpu, task);
            if (error != Errno.None)
            {
                return error;
            }

            if (!await IsLeader(cpu, task))
            {
                await TakeOverFromLeader(cpu, task);
            }

            await cpu.WriteOnce(task.Signal.GroupExitTask, null);
            await cpu.WriteOnce(task.Signal.NotifyCount, 0);
            if (!cpu.Makes(KernelSites.Checks.ExecIsNoGroupExit))
            {
                await cpu.WriteOnce(task.Signal.Flags, SignalFlags.None);
            }
        }

        await UnshareSighand(cpu, task);
        return Errno.None;
    }

    private async Op<Errno> KillOtherThreads(Cpu cpu, TaskStruct task)
    {
        SignalStruct shared = task.Signal;
        SighandStruct sighand = await kernel.LockOwnSighand(cpu);
        if (await GroupStop.IsGroupExit(cpu, shared, await cpu.ReadOnce(shared.Flags)))
        {
            await sighand.Siglock.Release(cpu);
            return Errno.EAGAIN;
        }

        await cpu.WriteOnce(shared.GroupExitTask, task);
        if (!cpu.Makes(KernelSites.Checks.ExecIsNoGroupExit))
        {
            await cpu.WriteOnce(shared.Flags, SignalFlags.GroupExit);
        }

        await kernel.Send.ZapOtherThreads(cpu, task);

        // A leader that is not us stays as a zombie.
        int remaining = task.IsGroupLeader(cpu) ? 1 : 2;
        await cpu.WriteOnce(shared.NotifyCount, remaining);
        while (await cpu.ReadOnce(shared.Count) > remaining)
        {
            await Scheduling.SetCurrentStateRelaxed(cpu, TaskState.Uninterruptible);
            await sighand.Siglock.Release(cpu);
            await Scheduling.Schedule(cpu, TaskState.Uninterruptible);
            await sighand.Siglock.Acquire(cpu);
        }

        await sighand.Siglock.Release(cpu);
        return Errno.None;
    }

    private async Op<bool> IsLeader(Cpu cpu, TaskStruct task)
    {
        await kernel.Tasklist.AcquireRead(cpu);
        bool leader = task.IsGroupLeader(cpu);
        await kernel.Tasklist.ReleaseRead(cpu);
        return leader;
    }

    /// <summary>The leader dies and the current thread takes its number, its group, its session and its place.</summary>
    private async Op TakeOverFromLeader(Cpu cpu, TaskStruct task)
    {
        await cpu.WriteOnce(task.Signal.NotifyCount, -1);
        await kernel.Tasklist.AcquireWrite(cpu);
        TaskStruct leader = task.GroupLeader.Get(cpu)!;
        while (await cpu.ReadOnce(leader.ExitState) == ExitState.Alive)
        {
            await Scheduling.SetCurrentStateRelaxed(cpu, TaskState.Uninterruptible);
            await kernel.Tasklist.ReleaseWrite(cpu);
            await Scheduling.Schedule(cpu, TaskState.Uninterruptible);
            await kernel.Tasklist.AcquireWrite(cpu);
        }

        await SwapNumbers(cpu, task, leader);
        task.GroupLeader.Set(cpu, task);
        leader.GroupLeader.Set(cpu, task);
        task.ExitSignal.Set(cpu, Abi.Signals.SIGCHLD);
        Sim.Machine.Bug.On(await cpu.ReadOnce(leader.ExitState) != ExitState.Zombie);
        await cpu.WriteOnce(leader.ExitState, ExitState.Dead);
        await kernel.Tasklist.ReleaseWrite(cpu);
        await kernel.Release.ReleaseTask(cpu, leader);
    }

    /// <summary>
    /// The thread's own number is given up; the leader's goes over, with its process group and session.
    /// </summary>
    /// <remarks>Locks: tasklist_lock for writing.</remarks>
    private async Op SwapNumbers(Cpu cpu, TaskStruct task, TaskStruct leader)
    {
        Pid old = task.ThreadPid.Get(cpu)!;
        Pid taken = leader.ThreadPid.Get(cpu)!;
        await kernel.Pids.DetachTask(cpu, task, old);
        task.Pid.Set(cpu, leader.Pid.Get(cpu));
        await PidTable.AttachTask(cpu, task, taken);
        task.ThreadPid.Set(cpu, taken);
        if (task.Signal.Pgrp.Get(cpu) is { } group)
        {
            PidTable.Transfer(cpu, leader, task, PidType.Pgid, group);
        }

        if (task.Signal.Session.Get(cpu) is { } session)
        {
            PidTable.Transfer(cpu, leader, task, PidType.Sid, session);
        }

        kernel.Processes.Remove(cpu, leader);
        kernel.Processes.Add(cpu, task);
    }

    /// <summary>The end of de_thread(): handlers that others share too are copied.</summary>
    private async Op UnshareSighand(Cpu cpu, TaskStruct task)
    {
        SighandStruct old = (await cpu.ReadOnce(task.Sighand))!;
        if (await cpu.ReadOnce(old.Count) == 1)
        {
            return;
        }

        await kernel.Tasklist.AcquireWrite(cpu);
        await old.Siglock.Acquire(cpu);
        var own = new SighandStruct(kernel.Machine, kernel.Machine.Label($"{task.Label}'"), old.Action.Get(cpu)!);
        await cpu.WriteOnce(task.Sighand, own);
        await old.Siglock.Release(cpu);
        await kernel.Tasklist.ReleaseWrite(cpu);
        if (await ReleasePath.DropSighand(cpu, old))
        {
            await kernel.Rcu.Call(cpu, new DelayedFree(old));
        }
    }

    private sealed class DelayedFree(SighandStruct sighand) : RcuHead(sighand.Machine, sighand.Machine.Label($"free {sighand.Label}"))
    {
        public override async Op Run(Cpu cpu) => await cpu.Free(sighand);
    }

    /// <summary>flush_signal_handlers(): handlers of the old program are gone, ignored signals stay ignored.</summary>
    /// <remarks>2.6.32 takes no lock here; nobody else can change the actions of a group of one. Here siglock orders readers.</remarks>
    private async Op FlushSignalHandlers(Cpu cpu)
    {
        SighandStruct sighand = await kernel.LockOwnSighand(cpu);
        sighand.Action.Set(cpu, sighand.Action.Get(cpu)!.AfterExec());
        await sighand.Siglock.Release(cpu);
    }
}
