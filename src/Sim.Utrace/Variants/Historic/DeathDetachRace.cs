using Sim.Machine.Ops;

namespace Sim.Utrace.Variants.Historic;

/// <summary>2006: nothing says that the death report is under way, and a dead task counts as quiescent.</summary>
[Immutable]
internal sealed class DeathDetachRace()
    : UtraceVariant("death-detach-race", "nothing says that a death is being reported")
{
    internal override bool MarksDeathReport => false;
}
