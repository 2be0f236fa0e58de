using Sim.Machine.Ops;
using Sim.Utrace.Control;
using Sim.Utrace.State;

namespace Sim.Utrace.Variants;

/// <summary>
/// The tree of 2011: as C, after job control was rewritten in 3.0: no account of group stops, no JCTL reports, and
/// a task that nobody holds always runs. (The kernel around it stays that of 2.6.32.)
/// </summary>
[Immutable]
internal sealed class VariantD() : UtraceVariant("d", "2011, for 3.0 and 3.1")
{
    internal override bool RefusesReaped(bool attached) => true;

    internal override bool CountsGroupStops => false;

    internal override bool ReportsJctl => false;

    internal override EventAdmission Admission { get; } = new AlwaysInterlock();

    internal override Waking Waking { get; } = new WakingAlways();
}
