using Sim.Machine.Ops;

namespace Sim.Arch;

/// <summary>Why an interpreter of machine code stopped.</summary>
public enum CodeExitKind
{
    /// <summary>As many instructions as were asked for.</summary>
    Slice,

    /// <summary>A system call instruction; the instruction pointer is behind it.</summary>
    Syscall,

    /// <summary>The trap after an instruction or branch that stepping asks for.</summary>
    Step,

    /// <summary>A fault at the instruction, or a trap that it makes.</summary>
    Fault,

    /// <summary>An instruction that the processor does not have; a fault as well.</summary>
    Undefined,
}

/// <summary>How an interpreter stopped.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Fault">The signal of a fault or step.</param>
/// <param name="Executed">How many instructions were completed.</param>
[Immutable]
public readonly record struct CodeExit(CodeExitKind Kind, AccessFault Fault, int Executed);

/// <summary>
/// What a processor remembers between a load and reserve and its conditional store. Any exception clears it: the
/// kernel's way back to user mode makes a conditional store of its own. Default is none.
/// </summary>
/// <param name="Size">Bytes of the word, 0 for no reservation.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Value">What the load read, as memory has it.</param>
[Immutable]
public readonly record struct Reservation(int Size, ulong Address, ulong Value);
