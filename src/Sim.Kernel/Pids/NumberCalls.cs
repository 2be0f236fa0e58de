using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Pids;

/// <summary>Process groups and sessions: setpgid, getpgid, setsid, getsid, getppid. Source: kernel/sys.c, setpgid(2).</summary>
[Immutable]
public sealed class NumberCalls(LinuxKernel kernel)
{
    /// <summary>getpgrp(): the number of the current task's process group.</summary>
    public async Op<int> OwnGroup(Cpu cpu)
    {
        await kernel.Tasklist.AcquireRead(cpu);
        int nr = cpu.Task().Signal.Pgrp.Get(cpu)?.Nr ?? 0;
        await kernel.Tasklist.ReleaseRead(cpu);
        return nr;
    }

    /// <summary>getppid(): the process of the real parent; 0 when there is none.</summary>
    public async Op<int> ParentOf(Cpu cpu, TaskStruct task)
    {
        await kernel.Tasklist.AcquireRead(cpu);
        int nr = task.RealParent.Get(cpu)?.Tgid ?? 0;
        await kernel.Tasklist.ReleaseRead(cpu);
        return nr;
    }

    /// <summary>getpgid() and getsid(): the group or session of a process; of oneself with 0.</summary>
    /// <returns>The number, or -ESRCH.</returns>
    public async Op<long> GetNumber(Cpu cpu, PidType type, int pid)
    {
        await kernel.Tasklist.AcquireRead(cpu);
        TaskStruct? task = pid == 0 ? cpu.Task() : await kernel.Pids.FindTask(cpu, pid);
        Pid? found = type == PidType.Pgid ? task?.Signal.Pgrp.Get(cpu) : task?.Signal.Session.Get(cpu);
        await kernel.Tasklist.ReleaseRead(cpu);
        return found?.Nr ?? -(long)Errno.ESRCH;
    }

    /// <summary>setpgid(): moves a process to a group of the same session, or to one of its own.</summary>
    /// <returns>0 or -EINVAL, -ESRCH, -EPERM, -EACCES as setpgid(2) says.</returns>
    /// <remarks>Context: current. Locks: takes tasklist_lock for writing.</remarks>
    public async Op<long> Setpgid(Cpu cpu, int pid, int pgid)
    {
        TaskStruct current = cpu.Task();
        pid = pid == 0 ? current.Tgid : pid;
        pgid = pgid == 0 ? pid : pgid;
        if (pgid < 0)
        {
            return -(long)Errno.EINVAL;
        }

        await kernel.Tasklist.AcquireWrite(cpu);
        TaskStruct? task = await kernel.Pids.FindTask(cpu, pid);
        Errno error = task is null ? Errno.ESRCH : await MayMove(cpu, current, task);
        Pid? group = task?.ThreadPid.Get(cpu);
        if (error == Errno.None && pgid != pid)
        {
            group = await kernel.Pids.Find(cpu, pgid);
            TaskStruct? member = group?.Members(PidType.Pgid).First(cpu);
            bool same = member is not null &&
                ReferenceEquals(member.Signal.Session.Get(cpu), current.Signal.Session.Get(cpu));
            error = same ? Errno.None : Errno.EPERM;
        }

        if (error == Errno.None && !ReferenceEquals(task!.Signal.Pgrp.Get(cpu), group))
        {
            await Change(cpu, task, PidType.Pgid, group!);
        }

        await kernel.Tasklist.ReleaseWrite(cpu);
        return -(long)error;
    }

    /// <summary>setsid(): a new session and group, led by the current process.</summary>
    /// <returns>The session's number; -EPERM for a leader of a group or session.</returns>
    /// <remarks>Context: current. Locks: takes tasklist_lock for writing.</remarks>
    public async Op<long> Setsid(Cpu cpu)
    {
        await kernel.Tasklist.AcquireWrite(cpu);
        TaskStruct leader = cpu.Task().GroupLeader.Get(cpu)!;
        Pid own = leader.ThreadPid.Get(cpu)!;
        long result = -(long)Errno.EPERM;
        if (!leader.Signal.IsLeader.Get(cpu) && own.Members(PidType.Pgid).IsEmpty(cpu))
        {
            leader.Signal.IsLeader.Set(cpu, true);
            await Change(cpu, leader, PidType.Sid, own);
            if (!ReferenceEquals(leader.Signal.Pgrp.Get(cpu), own))
            {
                await Change(cpu, leader, PidType.Pgid, own);
            }

            result = own.Nr;
        }

        await kernel.Tasklist.ReleaseWrite(cpu);
        return result;
    }

    private static async Op<Errno> MayMove(Cpu cpu, TaskStruct current, TaskStruct task)
    {
        if (!task.IsGroupLeader(cpu))
        {
            return Errno.EINVAL;
        }

        if (task.RealParent.Get(cpu) is { } parent && parent.IsInGroupOf(current))
        {
            if (!ReferenceEquals(task.Signal.Session.Get(cpu), current.Signal.Session.Get(cpu)))
            {
                return Errno.EPERM;
            }

            if (await cpu.ReadOnce(task.DidExec))
            {
                return Errno.EACCES;
            }
        }
        else if (!task.IsInGroupOf(current))
        {
            return Errno.ESRCH;
        }

        return task.Signal.IsLeader.Get(cpu) ? Errno.EPERM : Errno.None;
    }

    /// <summary>change_pid().</summary>
    private async Op Change(Cpu cpu, TaskStruct task, PidType type, Pid to)
    {
        GuardedRef<Pid> cell = type == PidType.Pgid ? task.Signal.Pgrp : task.Signal.Session;
        Pid? from = cell.Get(cpu);
        PidTable.Attach(cpu, task, type, to);
        cell.Set(cpu, to);
        if (from is not null)
        {
            await kernel.Pids.Detach(cpu, task, type, from);
        }
    }
}
