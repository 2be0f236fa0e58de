using Sim.Kernel.Locking;
using Sim.Machine;
using Sim.Machine.State;

namespace Sim.Kernel.Signals;

/// <summary>
/// sighand_struct: the handlers that tasks share, and siglock, which protects all that concerns signals of
/// everyone who shares them.
/// </summary>
public sealed class SighandStruct : MachineObject
{
    /// <summary>A table of handlers with one user.</summary>
    public SighandStruct(SimMachine machine, string? label, SigActionTable action)
        : base(machine, "sighand", label)
    {
        Count = new Shared<int>(this, "count", 1);
        Siglock = new SpinLock(this, LockClass.Siglock, machine.Label($"{label}.siglock"));
        Action = new GuardedRef<SigActionTable>(this, "action", Siglock, action);
    }

    /// <summary>How many tasks use it.</summary>
    public Shared<int> Count { get; }

    /// <summary>siglock.</summary>
    public SpinLock Siglock { get; }

    /// <summary>What is done with each signal.</summary>
    public GuardedRef<SigActionTable> Action { get; }
}
