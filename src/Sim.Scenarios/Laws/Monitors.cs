using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>What one law remembers of one engine.</summary>
/// <param name="watch">What is known of the engine.</param>
/// <param name="law">The law.</param>
public abstract class EngineMonitor(EngineWatch watch, Law law) : MachineObject(watch.Machine, "monitor", law.Name)
{
    /// <summary>What is known of the engine besides.</summary>
    protected EngineWatch Watch { get; } = watch;

    /// <summary>An event of the engine; the watch still says what was known before it.</summary>
    public abstract void See(EngineEvent happened);

    /// <summary>The execution is over.</summary>
    public virtual void AtEnd()
    {
    }

    /// <summary>Reports that the law is broken.</summary>
    protected void Break(string how) => Watch.Break(law, how);
}

/// <summary>What one law remembers of one task and of all its engines.</summary>
/// <param name="watch">What is known of the task.</param>
/// <param name="law">The law.</param>
public abstract class TaskMonitor(TaskWatch watch, Law law) : MachineObject(watch.Machine, "monitor", law.Name)
{
    /// <summary>What is known of the task besides.</summary>
    protected TaskWatch Watch { get; } = watch;

    /// <summary>An event of the task or of one of its engines.</summary>
    public abstract void See(TaskEvent happened);

    /// <summary>The execution is over.</summary>
    public virtual void AtEnd()
    {
    }

    /// <summary>Reports that the law is broken.</summary>
    protected void Break(string how) => Watch.Break(law, how);
}
