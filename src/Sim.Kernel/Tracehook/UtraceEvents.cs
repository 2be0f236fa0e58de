namespace Sim.Kernel.Tracehook;

/// <summary>
/// What can be wanted of a task, as in <c>task_struct.utrace_flags</c>. The hooks of the core kernel
/// test these bits; what they mean belongs to the tracing layer. Numbers: spec section 2.1.
/// </summary>
[Flags]
public enum UtraceEvents : long
{
    None = 0,
    Quiesce = 1 << 0,
    Reap = 1 << 1,
    Clone = 1 << 2,
    Exec = 1 << 3,
    Exit = 1 << 4,
    Death = 1 << 5,
    SyscallEntry = 1 << 6,
    SyscallExit = 1 << 7,
    Signal = 1 << 8,
    SignalIgnored = 1 << 9,
    SignalStop = 1 << 10,
    SignalTerminate = 1 << 11,
    SignalCore = 1 << 12,
    Jctl = 1 << 13,

    /// <summary>Internal: an engine holds the task stopped.</summary>
    EngineStop = 1 << 14,

    /// <summary>UTRACE_EVENT_SYSCALL.</summary>
    Syscall = SyscallEntry | SyscallExit,

    /// <summary>UTRACE_EVENT_SIGNAL_ALL.</summary>
    SignalAll = Signal | SignalIgnored | SignalStop | SignalTerminate | SignalCore,

    /// <summary>_UTRACE_DEATH_EVENTS: what keeps the death report busy.</summary>
    DeathEvents = Death | Quiesce,
}
