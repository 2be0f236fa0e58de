using Sim.Kernel.Abi;

namespace Sim.Scenarios.Laws;

/// <summary>Where a STOP that a callback answers takes effect. Source: spec sections 4.2 to 4.6, G31.</summary>
internal static class StopPlaces
{
    /// <summary>
    /// The engines whose answer STOP must have taken effect before an event: at the end of the hook of system call
    /// entry, exit, resume or an undelivered signal those that answered there; at the end of vfork's second hook those
    /// that answered in the first; in user mode all.
    /// </summary>
    internal static int MustHaveStopped(StopLedger ledger, TaskEvent happened) => happened switch
    {
        { Kind: TaskEventKind.InUserMode } => ledger.Answered,
        { Kind: TaskEventKind.HookEnded, Hook: HookKind.SyscallEntry or HookKind.Exit or HookKind.NotifyResume } =>
            ledger.AnsweredHere,
        { Kind: TaskEventKind.HookEnded, Hook: HookKind.Signal, Result: < 0 } => ledger.AnsweredHere,
        { Kind: TaskEventKind.HookEnded, Hook: HookKind.CloneComplete, Result: var flags }
            when ((CloneFlags)flags & CloneFlags.Vfork) != CloneFlags.None => ledger.AnsweredHere,
        _ => 0,
    };
}
