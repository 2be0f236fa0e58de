using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Arch;

/// <summary>A task's address space as the architecture needs it: copy_from_user() and copy_to_user().</summary>
[MachineOwned]
public interface IUserMemory
{
    /// <summary>Reads bytes.</summary>
    /// <returns>The bytes; null when any of them cannot be read.</returns>
    /// <remarks>Context: current, or a tracer while the task is stopped; may sleep. Locks: none.</remarks>
    Op<ByteBlock?> Read(Cpu cpu, ulong address, int length);

    /// <summary>Writes bytes.</summary>
    /// <returns>False when any of them cannot be written; those before it may have been.</returns>
    /// <remarks>Context: current, or a tracer while the task is stopped; may sleep. Locks: none.</remarks>
    Op<bool> Write(Cpu cpu, ulong address, ByteBlock bytes);
}
