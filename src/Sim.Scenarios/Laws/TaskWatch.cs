using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>
/// What the laws that look at a whole task see: the hooks that the kernel calls on it, and the events of all its
/// engines, in one order. Every event is a step on the task's ghost clock, so a world follows tasks only if it
/// is about such laws.
/// </summary>
public sealed class TaskWatch : MachineObject
{
    private readonly Ghost<int> _clock;
    private readonly TaskMonitor[] _monitors;

    /// <summary>Watches a task.</summary>
    public TaskWatch(TaskStruct task, IReadOnlyList<Law> laws)
        : base(task.Machine, "task watch", task.Label)
    {
        Task = task;
        _clock = new Ghost<int>(this, "clock");
        _monitors = [.. laws.Select(law => law.WatchTask(this)).OfType<TaskMonitor>()];
    }

    /// <summary>The task.</summary>
    public TaskStruct Task { get; }

    /// <summary>Tells the laws of an event.</summary>
    public async Op See(Cpu cpu, TaskEvent happened)
    {
        if (Machine.IsDirect)
        {
            return;
        }

        await cpu.Rmw(_clock, RmwKind.Add, 1);
        if (Machine.Tracer is not null && happened.Kind != TaskEventKind.OfEngine)
        {
            cpu.Note(Describe(happened));
        }

        foreach (TaskMonitor monitor in _monitors)
        {
            monitor.See(happened);
        }
    }

    /// <summary>Reports that a guarantee is broken for this task.</summary>
    public void Break(Law law, string how) => Machine.Violate(law.Name, $"{law.Sentence} But {how}.");

    /// <summary>Lets the laws look at the end of an execution.</summary>
    public void AtEnd()
    {
        foreach (TaskMonitor monitor in _monitors)
        {
            monitor.AtEnd();
        }
    }

    private string Describe(TaskEvent happened) => happened.Kind switch
    {
        TaskEventKind.HookBegan => $"{Task}: {happened.Hook} hook begins",
        TaskEventKind.HookEnded => $"{Task}: {happened.Hook} hook ends",
        TaskEventKind.InUserMode => $"{Task}: in user mode",
        TaskEventKind.SeenTraced => $"{Task}: seen stopped for tracing",
        TaskEventKind.LookBegan => $"{Task}: somebody looks",
        TaskEventKind.SeenNotTraced => $"{Task}: seen not stopped for tracing",
        TaskEventKind.KillSent => $"{Task}: to be killed",
        TaskEventKind.KillDone => $"{Task}: killed",
        TaskEventKind.ContinueSent => $"{Task}: to be continued",
        TaskEventKind.SignalSent => $"{Task}: signal {happened.Result} to be sent",
        TaskEventKind.SignalDone => $"{Task}: signal {happened.Result} sent",
        TaskEventKind.OfEngine or _ => throw new System.Diagnostics.UnreachableException(),
    };
}
