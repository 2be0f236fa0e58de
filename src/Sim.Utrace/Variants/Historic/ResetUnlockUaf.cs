using Sim.Machine.Ops;

namespace Sim.Utrace.Variants.Historic;

/// <summary>2009: utrace_reset() clears utrace_flags and drops the lock outside an RCU read section.</summary>
[Immutable]
internal sealed class ResetUnlockUaf()
    : UtraceVariant("reset-unlock-uaf", "utrace_reset() has no RCU read section")
{
    internal override bool ResetsInReadSection => false;

    /// <summary>As since 2010: without it B has another hole, between the end of the teardown's lock and ops=NULL.</summary>
    internal override bool RefusesReaped(bool attached) => attached;
}
