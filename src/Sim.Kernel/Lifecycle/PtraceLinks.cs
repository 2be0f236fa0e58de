using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Lifecycle;

/// <summary>
/// Who traces whom: <see cref="TaskStruct.Parent"/> of a traced task is its tracer, and the tracer has it in
/// <see cref="TaskStruct.Ptraced"/>. What fork, exit and wait need of it; the requests are ptrace's own. Source:
/// kernel/ptrace.c, include/linux/ptrace.h.
/// </summary>
public static class PtraceLinks
{
    /// <summary>ptrace_init_task(): with CLONE_PTRACE the child of a traced task has the same tracer.</summary>
    /// <remarks>
    /// Context: the parent, in <see cref="Tracehook.ITracehook.FinishClone"/>. Locks: tasklist_lock for writing.
    /// The child of a task that is not traced is not traced either, whatever the flags say.
    /// </remarks>
    public static void InitTask(Cpu cpu, TaskStruct child, CloneFlags flags)
    {
        TaskStruct parent = cpu.Task();
        PtraceFlags traced = parent.Ptrace.Get(cpu);
        if ((flags & CloneFlags.Ptrace) != CloneFlags.None && (traced & PtraceFlags.Ptraced) != PtraceFlags.None)
        {
            Link(cpu, child, parent.Parent.Get(cpu)!, traced);
        }
    }

    /// <summary>__ptrace_link().</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="child">A task that nobody traces.</param>
    /// <param name="tracer">Who traces it from now on.</param>
    /// <param name="flags">PT_*; <see cref="PtraceFlags.Ptraced"/> among them.</param>
    /// <remarks>Locks: tasklist_lock for writing.</remarks>
    public static void Link(Cpu cpu, TaskStruct child, TaskStruct tracer, PtraceFlags flags)
    {
        Sim.Machine.Bug.On(child.Ptrace.Get(cpu) != PtraceFlags.None);
        child.Ptrace.Set(cpu, flags);
        tracer.Ptraced.Add(cpu, child);
        child.Parent.Set(cpu, tracer);
    }

    /// <summary>ptrace_unlink(): the task has its real parent again; one that stood in a trace stop goes on or stays with its group.</summary>
    /// <remarks>Locks: tasklist_lock for writing; takes siglock for a task in TASK_TRACED.</remarks>
    public static async Op Unlink(Cpu cpu, TaskStruct child)
    {
        if (child.Ptrace.Get(cpu) == PtraceFlags.None)
        {
            return;
        }

        TaskStruct tracer = child.Parent.Get(cpu)!;
        child.Ptrace.Set(cpu, PtraceFlags.None);
        child.Parent.Set(cpu, child.RealParent.Get(cpu));
        tracer.Ptraced.Remove(cpu, child);
        if ((await cpu.ReadOnce(child.State) & TaskState.TracedBit) != TaskState.Running)
        {
            await Untrace(cpu, child);
        }
    }

    /// <summary>ptrace_reparented(): whether somebody else than the real parent is told of it.</summary>
    /// <remarks>Locks: tasklist_lock.</remarks>
    public static bool IsReparented(Cpu cpu, TaskStruct child)
        => !ReferenceEquals(child.Parent.Get(cpu), child.RealParent.Get(cpu));

    /// <summary>exit_ptrace(): a tracer dies and lets go of all it traces; zombies that nobody waits for are released.</summary>
    /// <remarks>Context: current, in exit_notify(); may sleep. Locks: takes tasklist_lock for writing.</remarks>
    internal static async Op ExitPtrace(Cpu cpu, TaskStruct tracer)
    {
        LinuxKernel kernel = tracer.Kernel;
        await kernel.Tasklist.AcquireWrite(cpu);
        while (tracer.Ptraced.Count(cpu) > 0)
        {
            TaskStruct child = tracer.Ptraced.At(cpu, 0);
            if (await Detach(cpu, tracer, child))
            {
                tracer.DeadChildren.Add(cpu, child);
            }
        }

        await kernel.Tasklist.ReleaseWrite(cpu);
        await kernel.Reparenting.ReleaseTheDead(cpu, tracer);
    }

    /// <summary>__ptrace_detach(): unlinks; the parent of a zombie is told only now.</summary>
    /// <returns>Whether the caller is to release the task, which is EXIT_DEAD then.</returns>
    /// <remarks>Locks: tasklist_lock for writing.</remarks>
    public static async Op<bool> Detach(Cpu cpu, TaskStruct tracer, TaskStruct child)
    {
        await Unlink(cpu, child);
        if (await cpu.ReadOnce(child.ExitState) != ExitState.Zombie)
        {
            return false;
        }

        if (!child.IsDetached(cpu) && child.Signal.Threads.Count(cpu) == 1)
        {
            TaskStruct? parent = child.RealParent.Get(cpu);
            if (parent is null || !parent.IsInGroupOf(tracer))
            {
                await tracer.Kernel.Notice.OfDeath(cpu, child, child.ExitSignal.Get(cpu));
            }
            else if (await IgnoresChildren(cpu, tracer))
            {
                await ParentNotice.WakeUpParent(cpu, tracer);
                child.ExitSignal.Set(cpu, Tracehook.DeathAction.Reap);
            }
        }

        if (!child.IsDetached(cpu))
        {
            return false;
        }

        await cpu.WriteOnce(child.ExitState, ExitState.Dead);
        return true;
    }

    /// <summary>ignoring_children().</summary>
    private static async Op<bool> IgnoresChildren(Cpu cpu, TaskStruct task)
    {
        SighandStruct sighand = (await cpu.ReadOnce(task.Sighand))!;
        await sighand.Siglock.Acquire(cpu);
        SigAction action = sighand.Action.Get(cpu)![Abi.Signals.SIGCHLD];
        await sighand.Siglock.Release(cpu);
        return action.IsIgnore || (action.Flags & SaFlags.NoCldWait) != SaFlags.None;
    }

    /// <summary>ptrace_untrace(): with a group stop the task was counted already and stays stopped; otherwise it goes on.</summary>
    private static async Op Untrace(Cpu cpu, TaskStruct child)
    {
        SighandStruct sighand = (await cpu.ReadOnce(child.Sighand))!;
        await sighand.Siglock.Acquire(cpu);
        if ((await cpu.ReadOnce(child.State) & TaskState.TracedBit) != TaskState.Running)
        {
            bool stops = (await cpu.ReadOnce(child.Signal.Flags) & SignalFlags.StopStopped) != SignalFlags.None ||
                child.Signal.GroupStopCount.Get(cpu) != 0;
            if (stops)
            {
                await cpu.WriteOnce(child.State, TaskState.Stopped);
            }
            else
            {
                await child.Kernel.Pending.SignalWakeUp(cpu, child, resume: true);
            }
        }

        await sighand.Siglock.Release(cpu);
    }
}
