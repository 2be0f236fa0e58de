using Sim.Machine.Ops;

namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>Why the interpreter stopped.</summary>
public enum PowerPcExitKind
{
    /// <summary>As many instructions as were asked for.</summary>
    Slice,

    /// <summary>An sc instruction; the instruction pointer is behind it.</summary>
    Syscall,

    /// <summary>The trap after an instruction that MSR.SE or MSR.BE asks for.</summary>
    Step,

    /// <summary>A fault at the instruction.</summary>
    Fault,

    /// <summary>An instruction that the processor does not have; a fault as well.</summary>
    Undefined,
}

/// <summary>How the interpreter stopped.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Fault">The signal of a fault or step.</param>
/// <param name="Executed">How many instructions were completed.</param>
[Immutable]
public readonly record struct PowerPcExit(PowerPcExitKind Kind, AccessFault Fault, int Executed);

/// <summary>
/// What a processor remembers between a load and reserve and its conditional store. Any exception clears it: the
/// kernel's way back to user mode makes a conditional store of its own. Default is none.
/// </summary>
/// <param name="Size">Bytes of the word, 0 for no reservation.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Value">What the load read, as memory has it.</param>
[Immutable]
public readonly record struct PowerPcReservation(int Size, ulong Address, ulong Value);
