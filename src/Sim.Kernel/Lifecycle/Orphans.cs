using Sim.Kernel.Barriers;
using Sim.Kernel.Pids;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Lifecycle;

/// <summary>
/// Orphaned process groups: no member has a parent outside the group but inside the session. Source: POSIX
/// 3.264, kernel/exit.c.
/// </summary>
[Immutable]
public sealed class Orphans(LinuxKernel kernel)
{
    /// <summary>is_current_pgrp_orphaned().</summary>
    /// <remarks>Context: current. Locks: takes tasklist_lock for reading.</remarks>
    public async Op<bool> IsCurrentPgrpOrphaned(Cpu cpu, TaskStruct task)
    {
        await kernel.Tasklist.AcquireRead(cpu);
        Pid? group = task.Signal.Pgrp.Get(cpu);
        bool orphaned = group is null || await WillBecomeOrphaned(cpu, group, ignored: null);
        await kernel.Tasklist.ReleaseRead(cpu);
        return orphaned;
    }

    /// <summary>
    /// kill_orphaned_pgrp(): a group that becomes orphaned with a stopped member is sent SIGHUP and SIGCONT.
    /// </summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="task">A member: the leader of a process that dies, or a child that is reparented.</param>
    /// <param name="father">The parent that leaves it; null when the task itself dies.</param>
    /// <remarks>Locks: tasklist_lock for writing.</remarks>
    public async Op KillOrphanedPgrp(Cpu cpu, TaskStruct task, TaskStruct? father)
    {
        Pid? group = task.Signal.Pgrp.Get(cpu);
        TaskStruct? parent = father ?? task.RealParent.Get(cpu);
        if (group is null || parent is null ||
            ReferenceEquals(parent.Signal.Pgrp.Get(cpu), group) ||
            !ReferenceEquals(parent.Signal.Session.Get(cpu), task.Signal.Session.Get(cpu)) ||
            !await WillBecomeOrphaned(cpu, group, father is null ? task : null) ||
            !await HasStoppedJobs(cpu, group))
        {
            return;
        }

        await kernel.Kill.KillPgrpInfo(cpu, Abi.Signals.SIGHUP, default, SignalSource.Kernel, group);
        await kernel.Kill.KillPgrpInfo(cpu, Abi.Signals.SIGCONT, default, SignalSource.Kernel, group);
    }

    private async Op<bool> WillBecomeOrphaned(Cpu cpu, Pid group, TaskStruct? ignored)
    {
        for (int i = 0; i < group.Members(PidType.Pgid).Count(cpu); i++)
        {
            TaskStruct member = group.Members(PidType.Pgid).At(cpu, i);
            TaskStruct? parent = member.RealParent.Get(cpu);
            if (ReferenceEquals(member, ignored) || parent is null || ReferenceEquals(parent, kernel.Init) ||
                (await cpu.ReadOnce(member.ExitState) != ExitState.Alive && member.Signal.Threads.Count(cpu) == 1))
            {
                continue;
            }

            if (!ReferenceEquals(parent.Signal.Pgrp.Get(cpu), group) &&
                ReferenceEquals(parent.Signal.Session.Get(cpu), member.Signal.Session.Get(cpu)))
            {
                return false;
            }
        }

        return true;
    }

    private static async Op<bool> HasStoppedJobs(Cpu cpu, Pid group)
    {
        for (int i = 0; i < group.Members(PidType.Pgid).Count(cpu); i++)
        {
            TaskState state = await cpu.ReadOnce(group.Members(PidType.Pgid).At(cpu, i).State);
            if ((state & TaskState.StoppedBit) != TaskState.Running)
            {
                return true;
            }
        }

        return false;
    }
}
