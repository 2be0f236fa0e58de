using Sim.Machine.Ops;

namespace Sim.Utrace.Variants.Historic;

/// <summary>2009: an engine that answered DETACH is marked without utrace->lock.</summary>
[Immutable]
internal sealed class BarrierVsDetachReturn()
    : UtraceVariant("barrier-vs-detach-return", "DETACH as an answer is marked without utrace->lock")
{
    internal override bool LocksDetachByAnswer => false;
}
