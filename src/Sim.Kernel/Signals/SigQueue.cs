using Sim.Kernel.Abi;
using Sim.Machine;
using Sim.Machine.State;

namespace Sim.Kernel.Signals;

/// <summary>struct sigqueue: one queued signal with its siginfo. It never changes.</summary>
public sealed class SigQueue(SimMachine machine, SigInfo info, bool isAccounted)
    : MachineObject(machine, "sigqueue")
{
    /// <summary>What is delivered with the signal.</summary>
    public SigInfo Info { get; } = info;

    /// <summary>Whether the entry counts against RLIMIT_SIGPENDING.</summary>
    public bool IsAccounted { get; } = isAccounted;
}
