using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>What the laws can see of an engine: calls, returns and callbacks, nothing else.</summary>
public enum EngineEventKind
{
    /// <summary>utrace_attach_task() is about to be called; seen only where the world follows tasks.</summary>
    AttachCalled,

    /// <summary>utrace_attach_task() returned.</summary>
    AttachReturned,

    /// <summary>utrace_set_events() is about to be called.</summary>
    SetEventsCalled,

    /// <summary>utrace_set_events() returned.</summary>
    SetEventsReturned,

    /// <summary>utrace_control() is about to be called.</summary>
    ControlCalled,

    /// <summary>utrace_control() returned.</summary>
    ControlReturned,

    /// <summary>utrace_barrier() is about to be called.</summary>
    BarrierCalled,

    /// <summary>utrace_barrier() returned.</summary>
    BarrierReturned,

    /// <summary>utrace_prepare_examine() returned.</summary>
    ExamineBegan,

    /// <summary>utrace_finish_examine() is about to be called.</summary>
    ExamineEnding,

    /// <summary>utrace_finish_examine() returned.</summary>
    ExamineEnded,

    /// <summary>A callback begins.</summary>
    CallbackBegan,

    /// <summary>A callback returns.</summary>
    CallbackEnded,

    /// <summary>The engine's release function runs.</summary>
    Released,

    /// <summary>
    /// The engine is attached, and whoever releases the task has finished with tracing: it takes the
    /// task off the task list. Seen only of tasks whose death report is over.
    /// </summary>
    TaskReleased,

    /// <summary>A caller with a reference looked at the engine's public fields.</summary>
    EngineSeen,

    /// <summary>
    /// A caller without a reference to the task uses its pointer, in the RCU read section in which a call on the engine
    /// did not answer -ESRCH.
    /// </summary>
    PointerUsed,

    /// <summary>A caller that holds the task's struct pid looked whom it names.</summary>
    PidSeen,

    /// <summary>A call that names the task by its struct pid returned.</summary>
    PidCallReturned,
}

/// <summary>One event of one engine.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Events">The events wanted, or the one that a callback reports.</param>
/// <param name="Error">What a call returned.</param>
/// <param name="Action">The action of a control call, or the answer of a callback.</param>
/// <param name="ByTarget">Whether the traced task itself made the call.</param>
/// <param name="TargetWas">For a call: what its caller saw of the target.</param>
public readonly record struct EngineEvent(
    EngineEventKind Kind,
    UtraceEvents Events = UtraceEvents.None,
    Errno Error = Errno.None,
    ResumeAction Action = ResumeAction.Resume,
    bool ByTarget = false,
    TargetWas TargetWas = TargetWas.Unknown)
{
    /// <summary>For a callback: the event that a quiesce callback precedes; else the same as the events.</summary>
    public UtraceEvents During { get; init; }

    /// <summary>For a callback: what it was told the engines before it want.</summary>
    public Verdict Seen { get; init; }

    /// <summary>For the end of a callback: the bits of its answer besides the resume action.</summary>
    public int Bits { get; init; }

    /// <summary>For a callback: whose processor it runs on. For a call: who makes it.</summary>
    public TaskStruct? By { get; init; }

    /// <summary>For a callback: how many locks its caller holds.</summary>
    public int Locks { get; init; }

    /// <summary>For a signal callback: the signal, or 0 in a report without one.</summary>
    public int Signal { get; init; }

    /// <summary>For a return: what was known when the call began.</summary>
    public CallMoment Called { get; init; }

    /// <summary>For a release or a look: whether the engine's ops were not NULL.</summary>
    public bool Linked { get; init; }

    /// <summary>For a return or a look: the engine's flags as the caller then read them.</summary>
    public UtraceEvents Flags { get; init; }

    /// <summary>Whether a control() has returned that was not refused.</summary>
    public bool IsGranted => Kind == EngineEventKind.ControlReturned && Error is (Errno.None or Errno.EINPROGRESS);

    /// <summary>For a use of the task's pointer: whether the task has been freed.</summary>
    public bool Freed { get; init; }

    /// <summary>For a look at a struct pid: the task that it names; null for none.</summary>
    public TaskStruct? Named { get; init; }

    /// <summary>For a return of barrier: whether a signal is pending for the caller.</summary>
    public bool Signalled { get; init; }
}

/// <summary>What the caller of a call saw of the target.</summary>
public enum TargetWas
{
    /// <summary>Nothing that lasts.</summary>
    Unknown,

    /// <summary>exit_state was not zero before the call.</summary>
    Exited,

    /// <summary>exit_state was zero after the call.</summary>
    Alive,

    /// <summary>exit_state was not EXIT_DEAD after the call.</summary>
    NotDead,

    /// <summary>It was stopped for tracing before the call.</summary>
    Traced,

    /// <summary>release_task() had not begun after the call.</summary>
    NotReleasing,
}
