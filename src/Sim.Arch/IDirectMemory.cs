using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Arch;

/// <summary>An access of user mode that failed.</summary>
/// <param name="Signal">The signal; 0 when it did not fail.</param>
/// <param name="Code">si_code.</param>
/// <param name="Address">si_addr.</param>
[Immutable]
public readonly record struct AccessFault(int Signal, int Code, ulong Address);

/// <summary>User memory of a machine in direct mode: no access suspends.</summary>
[MachineOwned]
public interface IDirectMemory
{
    /// <summary>
    /// Accesses that need not go the long way; null when there are none. Who uses it must go the long way for the
    /// others, and after an access of the long way must look again at whatever it knows of code.
    /// </summary>
    Tlb? Tlb => null;

    /// <summary>Reads 1, 2, 4 or 8 bytes, the first byte lowest.</summary>
    AccessFault Load(Cpu cpu, ulong address, int size, ulong sp, out ulong value);

    /// <summary>Writes 1, 2, 4 or 8 bytes: all or none.</summary>
    AccessFault Store(Cpu cpu, ulong address, int size, ulong sp, ulong value);

    /// <summary>
    /// Writes 1, 2, 4 or 8 bytes of one aligned word if it holds what it is expected to, in one step: the conditional
    /// store of powerpc.
    /// </summary>
    AccessFault CompareAndStore(
        Cpu cpu, ulong address, int size, ulong sp, ulong expected, ulong value, out bool stored);

    /// <summary>The bytes that may be executed from an address on, to the end of its page at most.</summary>
    /// <remarks>The span is that of the page: writes show in it.</remarks>
    AccessFault Fetch(Cpu cpu, ulong address, out ReadOnlySpan<byte> code);
}
