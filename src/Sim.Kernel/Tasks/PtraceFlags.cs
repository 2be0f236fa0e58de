namespace Sim.Kernel.Tasks;

/// <summary>PT_*: how a task is traced by ptrace. Source: include/linux/ptrace.h.</summary>
[Flags]
public enum PtraceFlags
{
    /// <summary>It is not.</summary>
    None = 0,

    /// <summary>PT_PTRACED.</summary>
    Ptraced = 0x1,

    /// <summary>PT_DTRACE: delayed trace.</summary>
    DelayedTrace = 0x2,

    /// <summary>PT_TRACESYSGOOD.</summary>
    TraceSysGood = 0x4,

    /// <summary>PT_PTRACE_CAP: the tracer may trace across exec of a set-user-id program.</summary>
    Capable = 0x8,

    /// <summary>PT_TRACE_FORK.</summary>
    TraceFork = 0x10,

    /// <summary>PT_TRACE_VFORK.</summary>
    TraceVfork = 0x20,

    /// <summary>PT_TRACE_CLONE.</summary>
    TraceClone = 0x40,

    /// <summary>PT_TRACE_EXEC.</summary>
    TraceExec = 0x80,

    /// <summary>PT_TRACE_VFORK_DONE.</summary>
    TraceVforkDone = 0x100,

    /// <summary>PT_TRACE_EXIT.</summary>
    TraceExit = 0x200,
}
