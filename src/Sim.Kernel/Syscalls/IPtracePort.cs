using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Syscalls;

/// <summary>Where ptrace() goes: the debugger layer, which the kernel does not know.</summary>
[Immutable]
public interface IPtracePort
{
    /// <summary>ptrace().</summary>
    /// <param name="cpu">The processor of the caller.</param>
    /// <param name="arguments">Request, process number, address and data.</param>
    /// <returns>What the call answers.</returns>
    /// <remarks>Context: current; may sleep. Locks: none.</remarks>
    Op<long> Ptrace(Cpu cpu, SyscallArguments arguments);
}
