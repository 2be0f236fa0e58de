using Sim.Machine.Ops;
using Sim.Utrace.Control;

namespace Sim.Utrace.Variants;

/// <summary>
/// The tree of mid-2010: calls on an engine look at <c>reap</c>, and set_events is built around the interlock.
/// (An engine's second reference, taken under the lock and not at birth, is equivalent.)
/// </summary>
[Immutable]
internal sealed class VariantC() : UtraceVariant("c", "mid-2010, for 2.6.34 and 2.6.35")
{
    internal override bool RefusesReaped(bool attached) => true;

    internal override EventAdmission Admission { get; } = new AlwaysInterlock();
}
