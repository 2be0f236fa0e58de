namespace Sim.Scenarios.Oracle.Scripts;

/// <summary><c>set flag n</c>: shared memory, no kernel semantics of its own.</summary>
public sealed record SetFlag(int Flag) : Statement;

/// <summary><c>await flag n</c>: sleeps and looks again.</summary>
public sealed record AwaitFlag(int Flag) : Statement;

/// <summary><c>busy-wait flag n</c>: never sleeps.</summary>
public sealed record BusyWaitFlag(int Flag) : Statement;

/// <summary><c>let Nms pass</c>: everything that can happen without the caller does.</summary>
public sealed record LetPass(int Milliseconds) : Statement;

/// <summary>What an <see cref="Await"/> waits for.</summary>
public enum TaskCondition
{
    /// <summary>State S.</summary>
    Sleeping,

    /// <summary>State R.</summary>
    Running,

    /// <summary>State Z.</summary>
    Zombie,

    /// <summary>Stopped for its tracer.</summary>
    PtraceStop,

    /// <summary>No such process.</summary>
    Gone,

    /// <summary>One of the letters in <see cref="Await.States"/>.</summary>
    InState,
}

/// <summary><c>await x condition</c>.</summary>
/// <param name="Task">Whom.</param>
/// <param name="Condition">What for.</param>
/// <param name="States">State letters of /proc, for <see cref="TaskCondition.InState"/>.</param>
public sealed record Await(Target Task, TaskCondition Condition, string States) : Statement;

/// <summary>A view that <see cref="Show"/> logs.</summary>
public enum View
{
    /// <summary>"state(A)": the state letter, once the task has settled.</summary>
    State,

    /// <summary>"TracerPid/PPid".</summary>
    Parents,

    /// <summary>"pending sets": SigPnd and ShdPnd.</summary>
    PendingSets,

    /// <summary>"rip/TF/orig_rax".</summary>
    StepRegisters,

    /// <summary>"orig_rax/rax".</summary>
    CallRegisters,
}

/// <summary><c>show ... of x</c>: logs what a /proc file or the registers say.</summary>
public sealed record Show(View View, Target Task) : Statement;
