using Sim.Kernel.Abi;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Kernel.Signals;

/// <summary>
/// struct sigpending: the signals that wait for a task or for its whole group. Which ones is a word of its
/// own, since fatal_signal_pending() tests it without a lock; siglock protects every change and the queue.
/// </summary>
[MachineOwned]
public sealed class SigPending(MachineObject owner, string field, IGuardian siglock)
{
    /// <summary>Which signals wait.</summary>
    public Shared<SigSet> Signal { get; } = new(owner, owner.Machine.Label($"{field}.signal") ?? field);

    /// <summary>Their siginfo, oldest first; a signal sent without memory for one has none.</summary>
    public MachineList<SigQueue> List { get; } = new(owner, owner.Machine.Label($"{field}.list") ?? field, siglock);
}
