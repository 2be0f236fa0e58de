using System.Diagnostics.CodeAnalysis;

namespace Sim.Utrace;

/// <summary>UTRACE_SYSCALL_*: whether a system call runs. Source: spec section 2.3.</summary>
[Flags]
[SuppressMessage("Naming", "CA1008", Justification = "zero is UTRACE_SYSCALL_RUN")]
public enum SyscallAction
{
    /// <summary>Make the call.</summary>
    Run = 0x00,

    /// <summary>Do not make it.</summary>
    Abort = 0x10,

    /// <summary>UTRACE_SYSCALL_RESUMED: the entry is reported again after a stop.</summary>
    Resumed = 0x100,
}
