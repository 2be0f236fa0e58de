using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Laws;

namespace Sim.Scenarios.Races;

/// <summary>
/// The hooks of a tracing layer, with a note of when a task begins to be released, and of every call if the
/// world follows tasks.
/// </summary>
public sealed class WatchedHooks : TracehookDecorator
{
    private readonly Action _released;
    private readonly Ghost<bool> _followsDeath;
    private readonly GhostRef<TaskStruct> _freed;
    private readonly List<TaskWatch> _followed = [];

    /// <summary>Watches hooks.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="inner">The tracing layer's.</param>
    /// <param name="released">Told, inside the step, that a task is past its release.</param>
    public WatchedHooks(SimMachine machine, ITracehook inner, Action released)
        : base(machine, inner, "watched")
    {
        _released = released;
        ReleaseBegan = new Ghost<bool>(this, "release began");
        ReleaseFinished = new Ghost<bool>(this, "release finished");
        ReleasePrepared = new Ghost<bool>(this, "release prepared");
        _followsDeath = new Ghost<bool>(this, "follows death");
        TaskFreed = new Ghost<bool>(this, "task freed");
        _freed = new GhostRef<TaskStruct>(this, "task whose end is followed");
        DeathOver = new Ghost<bool>(this, "death report over");
    }

    /// <summary>Whether the releaser has returned from the hook that tears engines down, or leaves that to the dying task.</summary>
    public Ghost<bool> ReleasePrepared { get; }

    /// <summary>Whether the task whose end is followed has lost its last reference.</summary>
    public Ghost<bool> TaskFreed { get; }

    /// <summary>Notes in <see cref="TaskFreed"/> when a task is freed; only while a world is set up.</summary>
    public void FollowFree(TaskStruct task) => _freed.Note(task);

    /// <summary>Whether the death report is over.</summary>
    public Ghost<bool> DeathOver { get; }

    /// <summary>Whether <see cref="ReleasePrepared"/> and <see cref="DeathOver"/> are followed; one task dies.</summary>
    public bool FollowsDeath => _followsDeath.Peek;

    /// <summary>Follows them from now on; only while a world is set up.</summary>
    public void FollowDeath() => _followsDeath.Note(true);

    /// <summary>Whether the releaser has finished with tracing; followed only if the world asks for it.</summary>
    public Ghost<bool> ReleaseFinished { get; }

    /// <summary>Whether <see cref="ReleaseFinished"/> is followed.</summary>
    public bool FollowsRelease { get; init; }

    /// <summary>Whether release_task() has begun; a world has one task that is released.</summary>
    public Ghost<bool> ReleaseBegan { get; }

    /// <summary>Whether <see cref="ReleaseBegan"/> is noted: it means nothing where several tasks are released.</summary>
    public bool NotesRelease { get; init; } = true;

    /// <summary>Tells a watch of every hook that the kernel calls on its task, from now on; only while a world is set up.</summary>
    public void Follow(TaskWatch watch) => _followed.Add(watch);

    /// <inheritdoc/>
    public override async Op PrepareReleaseTask(Cpu cpu, TaskStruct task)
    {
        if (NotesRelease)
        {
            await cpu.Store(ReleaseBegan, true);
        }

        await See(cpu, task, TaskEventKind.HookBegan, HookKind.PrepareRelease);
        await base.PrepareReleaseTask(cpu, task);
        if (FollowsDeath)
        {
            await cpu.Store(ReleasePrepared, true);
        }

        await See(cpu, task, TaskEventKind.HookEnded, HookKind.PrepareRelease);
    }

    /// <inheritdoc/>
    public override async Op FinishReleaseTask(Cpu cpu, TaskStruct task)
    {
        if (FollowsRelease && !cpu.Machine.IsDirect)
        {
            await cpu.Store(ReleaseFinished, true);
            _released();
        }

        await See(cpu, task, TaskEventKind.HookBegan, HookKind.FinishRelease);
        await base.FinishReleaseTask(cpu, task);
    }

    /// <inheritdoc/>
    public override async Op FreeTask(Cpu cpu, TaskStruct task)
    {
        if (ReferenceEquals(_freed.Peek, task))
        {
            await cpu.Store(TaskFreed, true);
        }

        await base.FreeTask(cpu, task);
    }

    /// <inheritdoc/>
    public override async Op ReportClone(Cpu cpu, CloneFlags flags, int pid, TaskStruct child)
    {
        await See(cpu, cpu.Task(), TaskEventKind.HookBegan, HookKind.Clone);
        await base.ReportClone(cpu, flags, pid, child);
        await See(cpu, cpu.Task(), TaskEventKind.HookEnded, HookKind.Clone);
    }

    /// <inheritdoc/>
    public override async Op ReportCloneComplete(Cpu cpu, bool traced, CloneFlags flags, int pid)
    {
        await See(cpu, cpu.Task(), TaskEventKind.HookBegan, HookKind.CloneComplete);
        await base.ReportCloneComplete(cpu, traced, flags, pid);
        await See(cpu, cpu.Task(), TaskEventKind.HookEnded, HookKind.CloneComplete, (int)flags);
    }

    /// <inheritdoc/>
    public override async Op ReportExec(Cpu cpu)
    {
        await See(cpu, cpu.Task(), TaskEventKind.HookBegan, HookKind.Exec);
        await base.ReportExec(cpu);
        await See(cpu, cpu.Task(), TaskEventKind.HookEnded, HookKind.Exec);
    }

    /// <inheritdoc/>
    public override async Op<bool> ReportSyscallEntry(Cpu cpu)
    {
        await See(cpu, cpu.Task(), TaskEventKind.HookBegan, HookKind.SyscallEntry);
        bool aborted = await base.ReportSyscallEntry(cpu);
        await See(cpu, cpu.Task(), TaskEventKind.HookEnded, HookKind.SyscallEntry, aborted ? 1 : 0);
        return aborted;
    }

    /// <inheritdoc/>
    public override async Op ReportSyscallExit(Cpu cpu)
    {
        await See(cpu, cpu.Task(), TaskEventKind.HookBegan, HookKind.SyscallExit);
        await base.ReportSyscallExit(cpu);
        await See(cpu, cpu.Task(), TaskEventKind.HookEnded, HookKind.SyscallExit);
    }

    /// <inheritdoc/>
    public override async Op<SignalVerdict> GetSignal(Cpu cpu, SighandStruct sighand)
    {
        await See(cpu, cpu.Task(), TaskEventKind.HookBegan, HookKind.Signal);
        SignalVerdict verdict = await base.GetSignal(cpu, sighand);
        await See(cpu, cpu.Task(), TaskEventKind.HookEnded, HookKind.Signal, verdict.Signal);
        return verdict;
    }

    /// <inheritdoc/>
    public override async Op SignalHandler(Cpu cpu, int signal, SigInfo info)
    {
        await See(cpu, cpu.Task(), TaskEventKind.HookBegan, HookKind.SignalHandler);
        await base.SignalHandler(cpu, signal, info);
        await See(cpu, cpu.Task(), TaskEventKind.HookEnded, HookKind.SignalHandler, signal);
    }

    /// <inheritdoc/>
    public override async Op<int> NotifyJctl(Cpu cpu, SighandStruct sighand, int notify, int why)
    {
        await See(cpu, cpu.Task(), TaskEventKind.HookBegan, HookKind.Jctl);
        int result = await base.NotifyJctl(cpu, sighand, notify, why);
        await See(cpu, cpu.Task(), TaskEventKind.HookEnded, HookKind.Jctl, result);
        return result;
    }

    /// <inheritdoc/>
    public override async Op FinishJctl(Cpu cpu)
    {
        await See(cpu, cpu.Task(), TaskEventKind.HookBegan, HookKind.FinishJctl);
        await base.FinishJctl(cpu);
        await See(cpu, cpu.Task(), TaskEventKind.HookEnded, HookKind.FinishJctl);
    }

    /// <inheritdoc/>
    public override async Op<int> ReportExit(Cpu cpu, int exitCode)
    {
        await See(cpu, cpu.Task(), TaskEventKind.HookBegan, HookKind.Exit, exitCode);
        int code = await base.ReportExit(cpu, exitCode);
        await See(cpu, cpu.Task(), TaskEventKind.HookEnded, HookKind.Exit, code);
        return code;
    }

    /// <inheritdoc/>
    public override async Op ReportDeath(Cpu cpu, TaskStruct task, int signal, bool groupDead)
    {
        await See(cpu, task, TaskEventKind.HookBegan, HookKind.Death);
        await base.ReportDeath(cpu, task, signal, groupDead);
        if (FollowsDeath)
        {
            await cpu.Store(DeathOver, true);
        }

        await See(cpu, task, TaskEventKind.HookEnded, HookKind.Death);
    }

    /// <inheritdoc/>
    public override async Op NotifyResume(Cpu cpu)
    {
        await See(cpu, cpu.Task(), TaskEventKind.HookBegan, HookKind.NotifyResume);
        await base.NotifyResume(cpu);
        await See(cpu, cpu.Task(), TaskEventKind.HookEnded, HookKind.NotifyResume);
    }

    private async Op See(Cpu cpu, TaskStruct task, TaskEventKind kind, HookKind hook, int result = 0)
    {
        if (Find(task) is { } watch)
        {
            await watch.See(cpu, new TaskEvent(kind, Hook: hook, Result: result, By: cpu.Task()));
        }
    }

    private TaskWatch? Find(TaskStruct task)
    {
        foreach (TaskWatch watch in _followed)
        {
            if (ReferenceEquals(watch.Task, task))
            {
                return watch;
            }
        }

        return null;
    }
}
