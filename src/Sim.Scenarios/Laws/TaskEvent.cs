using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;

namespace Sim.Scenarios.Laws;

/// <summary>What the laws can see of a task besides its engines: the kernel's calls of the hooks, and user mode.</summary>
public enum TaskEventKind
{
    /// <summary>An event of one of its engines.</summary>
    OfEngine,

    /// <summary>The kernel calls a hook.</summary>
    HookBegan,

    /// <summary>The hook returns.</summary>
    HookEnded,

    /// <summary>The task runs in user mode.</summary>
    InUserMode,

    /// <summary>The task was seen stopped for tracing by a caller that looked.</summary>
    SeenTraced,

    /// <summary>A caller is going to look whether the task is stopped for tracing.</summary>
    LookBegan,

    /// <summary>It is not.</summary>
    SeenNotTraced,

    /// <summary>A fatal signal is going to be sent to the task: SIGKILL, or one that ends its group.</summary>
    KillSent,

    /// <summary>It has been sent.</summary>
    KillDone,

    /// <summary>SIGCONT is going to be sent to the task's group.</summary>
    ContinueSent,

    /// <summary>Another signal is going to be sent to the task; the result says which.</summary>
    SignalSent,

    /// <summary>It has been sent.</summary>
    SignalDone,
}

/// <summary>A hook of the tracehook contract in which callbacks are made: the place of a pass.</summary>
public enum HookKind
{
    None,
    Clone,
    CloneComplete,
    Exec,
    SyscallEntry,
    SyscallExit,
    Signal,
    SignalHandler,
    Jctl,
    FinishJctl,
    Exit,
    Death,
    PrepareRelease,
    FinishRelease,
    NotifyResume,
}

/// <summary>One event of one task.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Engine">Whose event, if it is one of an engine.</param>
/// <param name="Event">The engine's event.</param>
/// <param name="Hook">Which hook.</param>
/// <param name="Result">For the end of a hook: what it answered, or the flags of a clone; for a signal, the signal or -1; for the begin of an exit, the exit code.</param>
/// <param name="By">Who calls the hook.</param>
/// <param name="Handled">For a signal, whether the task has a handler for it.</param>
public readonly record struct TaskEvent(
    TaskEventKind Kind,
    EngineWatch? Engine = null,
    EngineEvent Event = default,
    HookKind Hook = HookKind.None,
    int Result = 0,
    TaskStruct? By = null,
    bool Handled = false)
{
    /// <summary>Whether it may end the task's group at once: SIGKILL, or a signal without handler whose default does.</summary>
    public bool MayKill => Kind == TaskEventKind.KillSent ||
        (Kind == TaskEventKind.SignalSent && !Handled && !(Signals.KernelIgnore | Signals.KernelStop).Contains(Result));
}
