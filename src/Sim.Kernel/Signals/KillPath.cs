using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Pids;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Signals;

/// <summary>kill(), tkill(), tgkill(), sigqueue(): from a number to a target. Source: kernel/signal.c, kill(2).</summary>
/// <remarks>Every task has the same user here, so permission is never refused.</remarks>
[Immutable]
public sealed class KillPath(LinuxKernel kernel)
{
    /// <summary>kill(): to a process, to the own group (0), to everyone but init and oneself (-1), to a group.</summary>
    /// <remarks>
    /// Context: current; does not sleep. Locks: takes tasklist_lock for reading, siglock.
    /// Returns: 0; -ESRCH when nobody is there; -EINVAL for a bad signal to somebody who is.
    /// </remarks>
    public async Op<long> Kill(Cpu cpu, int pid, int signal)
    {
        var info = new SigInfo(signal, SiCode.User) { Pid = cpu.Task().Tgid };
        return -(long)await KillSomething(cpu, signal, info, pid);
    }

    /// <summary>tkill() and tgkill(): to one thread.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="tgid">The process that the thread must be in; 0 for any.</param>
    /// <param name="tid">The thread.</param>
    /// <param name="signal">0 to 64.</param>
    /// <inheritdoc cref="Kill"/>
    public async Op<long> Tgkill(Cpu cpu, int tgid, int tid, int signal)
    {
        if (tid <= 0 || tgid < 0)
        {
            return -(long)Errno.EINVAL;
        }

        var info = new SigInfo(signal, SiCode.Tkill) { Pid = cpu.Task().Tgid };
        return -(long)await SendToThread(cpu, tgid, tid, info);
    }

    /// <summary>rt_sigqueueinfo(): to a process, with a value.</summary>
    /// <returns>-EPERM for a code that only the kernel may use; -EAGAIN when the queue is full.</returns>
    /// <inheritdoc cref="Kill"/>
    public async Op<long> Sigqueue(Cpu cpu, int pid, SigInfo info)
    {
        if (info.Code >= 0)
        {
            return -(long)Errno.EPERM;
        }

        return -(long)await KillProc(cpu, info, pid);
    }

    /// <summary>__kill_pgrp_info(): to every process of a group; success if any was reached.</summary>
    /// <remarks>Locks: tasklist_lock.</remarks>
    internal async Op<Errno> KillPgrpInfo(Cpu cpu, int signal, SigInfo info, SignalSource source, Pid group)
    {
        bool reached = false;
        Errno error = Errno.ESRCH;
        for (int i = 0; i < group.Members(PidType.Pgid).Count(cpu); i++)
        {
            TaskStruct member = group.Members(PidType.Pgid).At(cpu, i);
            Errno one = await GroupSend(cpu, signal, info, source, member);
            reached |= one == Errno.None;
            error = one;
        }

        return reached ? Errno.None : error;
    }

    /// <summary>kill_something_info().</summary>
    private async Op<Errno> KillSomething(Cpu cpu, int signal, SigInfo info, int pid)
    {
        if (pid > 0)
        {
            return await KillProc(cpu, info, pid);
        }

        await kernel.Tasklist.AcquireRead(cpu);
        Errno error;
        if (pid == -1)
        {
            error = await KillAll(cpu, signal, info);
        }
        else
        {
            Pid? group = pid == 0 ? cpu.Task().Signal.Pgrp.Get(cpu) : await kernel.Pids.Find(cpu, -pid);
            error = group is null ? Errno.ESRCH : await KillPgrpInfo(cpu, signal, info, SignalSource.Info, group);
        }

        await kernel.Tasklist.ReleaseRead(cpu);
        return error;
    }

    private async Op<Errno> KillAll(Cpu cpu, int signal, SigInfo info)
    {
        TaskStruct current = cpu.Task();
        int reached = 0;
        Errno error = Errno.None;
        for (int i = 0; i < kernel.Processes.Count(cpu); i++)
        {
            TaskStruct process = kernel.Processes.At(cpu, i);
            if (!ReferenceEquals(process, kernel.Init) && !process.IsInGroupOf(current))
            {
                Errno one = await GroupSend(cpu, signal, info, SignalSource.Info, process);
                reached++;
                error = one == Errno.EPERM ? error : one;
            }
        }

        return reached == 0 ? Errno.ESRCH : error;
    }

    /// <summary>kill_pid_info(): looks again if exec gave the number to another thread meanwhile.</summary>
    private async Op<Errno> KillProc(Cpu cpu, SigInfo info, int pid)
    {
        RcuReader reader = cpu.Task().Rcu;
        await reader.Lock(cpu);
        Errno error = Errno.ESRCH;
        TaskStruct? process = await kernel.Pids.FindTask(cpu, pid);
        while (process is not null && error == Errno.ESRCH)
        {
            error = await GroupSend(cpu, info.Signo, info, SignalSource.Info, process);
            if (error == Errno.ESRCH)
            {
                if (!cpu.Makes(KernelSites.Checks.KillLooksAgain))
                {
                    break;
                }

                process = await kernel.Pids.FindTask(cpu, pid);
            }
        }

        await reader.Unlock(cpu);
        return error;
    }

    /// <summary>do_send_specific(): a thread that is released before it is locked counts as reached.</summary>
    private async Op<Errno> SendToThread(Cpu cpu, int tgid, int tid, SigInfo info)
    {
        RcuReader reader = cpu.Task().Rcu;
        await reader.Lock(cpu);
        Errno error = Errno.ESRCH;
        TaskStruct? thread = await kernel.Pids.FindTask(cpu, tid);
        if (thread is not null && (tgid == 0 || thread.Tgid == tgid))
        {
            error = CheckKillPermission(info.Signo);
            if (error == Errno.None && info.Signo != 0)
            {
                error = await kernel.Send.SendLocking(cpu, info.Signo, info, SignalSource.Info, thread, group: false);
                error = error == Errno.ESRCH ? Errno.None : error;
            }
        }

        await reader.Unlock(cpu);
        return error;
    }

    /// <summary>group_send_sig_info(): signal 0 only asks.</summary>
    private async Op<Errno> GroupSend(Cpu cpu, int signal, SigInfo info, SignalSource source, TaskStruct process)
    {
        Errno error = CheckKillPermission(signal);
        return error != Errno.None || signal == 0
            ? error
            : await kernel.Send.SendLocking(cpu, signal, info, source, process, group: true);
    }

    /// <summary>check_kill_permission(): asked once a target was found, so that a bad signal to nobody is ESRCH.</summary>
    private static Errno CheckKillPermission(int signal)
        => Abi.Signals.IsValid(signal) ? Errno.None : Errno.EINVAL;
}
