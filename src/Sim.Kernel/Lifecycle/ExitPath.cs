using Sim.Kernel.Barriers;
using Sim.Kernel.Files;
using Sim.Kernel.Locking;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Lifecycle;

/// <summary>How a task dies: do_exit() down to exit_notify(). Source: kernel/exit.c, spec section 4.7.</summary>
[Immutable]
public sealed class ExitPath(LinuxKernel kernel)
{
    /// <summary>do_exit(): ends the current task. Does not return.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="code">Status for wait: an exit code in the second byte, or a signal in the first.</param>
    /// <remarks>
    /// Context: current; sleeps. Locks: none.
    /// Linux:   kernel/exit.c do_exit().
    /// </remarks>
    public async Op DoExit(Cpu cpu, int code)
    {
        TaskStruct task = cpu.Task();
        Lockdep.MightSleep(cpu, "do_exit()");
        code = await kernel.Tracehook.ReportExit(cpu, code);
        await kernel.GroupStop.ExitSignals(cpu, task);
        bool groupDead = await cpu.Rmw(task.Signal.Live, RmwKind.Add, -1) == 1;
        if (groupDead)
        {
            await kernel.RealTimer.End(cpu, task.Signal);
        }

        task.ExitCode.Set(cpu, code);
        await kernel.Fork.MmRelease(cpu, task);
        await kernel.Coredump.ExitMm(cpu, task);
        await ForkPath.DropMm(cpu, task);
        await FilesStruct.Drop(cpu, task);
        await FsStruct.Drop(cpu, task);
        await ExitNotify(cpu, task, groupDead);
        await cpu.WriteOnce(task.State, TaskState.Dead);
        await FinishTaskSwitch(cpu, task);
        await cpu.End();
    }

    /// <summary>do_group_exit(): ends the whole thread group of the current task. Does not return.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="code">Status, unless the group dies already of something else.</param>
    /// <remarks>
    /// Context: current; sleeps. Locks: takes siglock.
    /// Linux:   kernel/exit.c do_group_exit(). A process of one thread does not set SIGNAL_GROUP_EXIT.
    /// </remarks>
    public async Op DoGroupExit(Cpu cpu, int code)
    {
        TaskStruct task = cpu.Task();
        SignalStruct shared = task.Signal;
        if (await GroupStop.IsGroupExit(cpu, shared, await cpu.ReadOnce(shared.Flags)))
        {
            code = await cpu.ReadOnce(shared.GroupExitCode);
        }
        else if (!await GroupStop.IsAlone(cpu, shared))
        {
            SighandStruct sighand = await kernel.LockOwnSighand(cpu);
            if (await GroupStop.IsGroupExit(cpu, shared, await cpu.ReadOnce(shared.Flags)))
            {
                code = await cpu.ReadOnce(shared.GroupExitCode);
            }
            else
            {
                await cpu.WriteOnce(shared.GroupExitCode, code);
                await cpu.WriteOnce(shared.Flags, SignalFlags.GroupExit);
                await kernel.Send.ZapOtherThreads(cpu, task);
            }

            await sighand.Siglock.Release(cpu);
        }

        await DoExit(cpu, code);
    }

    /// <summary>exit_notify(): tells the parent, becomes a zombie or dead, and reports the death.</summary>
    /// <remarks>
    /// Context: current; sleeps in the death report. Locks: takes tasklist_lock for writing.
    /// Linux:   kernel/exit.c exit_notify().
    /// </remarks>
    private async Op ExitNotify(Cpu cpu, TaskStruct task, bool groupDead)
    {
        await kernel.Reparenting.ForgetOriginalParent(cpu, task);
        await kernel.Tasklist.AcquireWrite(cpu, KernelSites.ExitNotifyLock); // M6
        if (groupDead)
        {
            await kernel.Orphans.KillOrphanedPgrp(cpu, task.GroupLeader.Get(cpu)!, father: null);
        }

        await RestrictExitSignal(cpu, task);
        int signal = kernel.Tracehook.NotifyDeath(cpu, task, groupDead);
        if (signal >= 0)
        {
            int answer = await kernel.Notice.OfDeath(cpu, task, signal);
            signal = cpu.Makes(KernelSites.Checks.NoticeDecides) ? answer : signal;
        }

        await cpu.WriteOnce(
            task.ExitState, signal == DeathAction.Reap ? ExitState.Dead : ExitState.Zombie);
        if (task.IsGroupLeader(cpu) &&
            await cpu.ReadOnce(task.Signal.GroupExitTask) is { } waiting &&
            await cpu.ReadOnce(task.Signal.NotifyCount) < 0)
        {
            // exec by another thread waits for the leader to die.
            await Scheduling.WakeUpProcess(cpu, waiting);
        }

        await kernel.Tasklist.ReleaseWrite(cpu, KernelSites.ExitNotifyLock);

        await kernel.Tracehook.ReportDeath(cpu, task, signal, groupDead);
        if (signal == DeathAction.Reap)
        {
            await kernel.Release.ReleaseTask(cpu, task);
        }
    }

    /// <summary>
    /// After an exec on either side the parent may not expect another signal than SIGCHLD any more.
    /// </summary>
    /// <remarks>Locks: tasklist_lock for writing.</remarks>
    private static async Op RestrictExitSignal(Cpu cpu, TaskStruct task)
    {
        int signal = task.ExitSignal.Get(cpu);
        TaskStruct? parent = task.RealParent.Get(cpu);
        if (signal == Abi.Signals.SIGCHLD || signal == -1 || parent is null)
        {
            return;
        }

        int expected = task.ParentExecId.Get(cpu);
        int parents = await cpu.ReadOnce(parent.SelfExecId);
        int own = await cpu.ReadOnce(task.SelfExecId);
        if (expected != parents || expected != own)
        {
            task.ExitSignal.Set(cpu, Abi.Signals.SIGCHLD);
        }
    }

    /// <summary>The scheduler drops the running task's own reference, without RCU delay.</summary>
    private static Op FinishTaskSwitch(Cpu cpu, TaskStruct task) => task.Put(cpu);
}
