using Sim.Machine.Ops;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>Why the interpreter stopped.</summary>
public enum X86ExitKind
{
    /// <summary>As many instructions as were asked for.</summary>
    Slice,

    /// <summary>A syscall instruction; the instruction pointer is behind it.</summary>
    Syscall,

    /// <summary>A fault at the instruction, or a trap behind it.</summary>
    Fault,

    /// <summary>An instruction that the processor does not have; a fault as well.</summary>
    Undefined,
}

/// <summary>How the interpreter stopped.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Fault">The signal of a fault.</param>
/// <param name="TrapNo">The exception.</param>
[Immutable]
public readonly record struct X86Exit(X86ExitKind Kind, AccessFault Fault = default, int TrapNo = 0);
