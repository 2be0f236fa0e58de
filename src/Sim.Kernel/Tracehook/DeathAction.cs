using Sim.Kernel.Tasks;
using Sim.Machine.Processors;

namespace Sim.Kernel.Tracehook;

/// <summary>What becomes of a task that dies, as the death hook decides it.</summary>
/// <remarks>A value of 0 or more is the signal to send the parent. Source: spec section 2.5.</remarks>
public static class DeathAction
{
    /// <summary>DEATH_REAP: nobody will wait; the task releases itself.</summary>
    public const int Reap = -1;

    /// <summary>DEATH_DELAYED_GROUP_LEADER: the parent is told when the last thread is gone.</summary>
    public const int DelayedGroupLeader = -2;

    /// <summary>What a task answers: a tracer by ptrace is told with SIGCHLD of every thread.</summary>
    /// <remarks>Locks: tasklist_lock for writing. Linux: include/linux/tracehook.h tracehook_notify_death().</remarks>
    public static int Of(Cpu cpu, TaskStruct task)
    {
        if (task.Ptrace.Get(cpu) == PtraceFlags.None)
        {
            return OfUntraced(cpu, task);
        }

        bool isLast = !task.IsDetached(cpu) && task.Signal.Threads.Count(cpu) == 1;
        return isLast && !Lifecycle.PtraceLinks.IsReparented(cpu, task)
            ? task.ExitSignal.Get(cpu)
            : Abi.Signals.SIGCHLD;
    }

    /// <summary>What a task that nobody traces by ptrace answers: the last thread of a group speaks for it.</summary>
    /// <remarks>
    /// Locks: tasklist_lock for writing. Linux: include/linux/tracehook.h tracehook_notify_death(); whether the
    /// group is empty is asked of the list, since a thread that died stays there until it is released.
    /// </remarks>
    public static int OfUntraced(Cpu cpu, TaskStruct task)
    {
        if (task.IsDetached(cpu))
        {
            return Reap;
        }

        return task.Signal.Threads.Count(cpu) == 1 ? task.ExitSignal.Get(cpu) : DelayedGroupLeader;
    }
}
