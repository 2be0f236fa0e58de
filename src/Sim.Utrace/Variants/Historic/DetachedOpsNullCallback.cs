using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Utrace.Variants.Historic;

/// <summary>2007 to 2010: the detached vector has callbacks for quiesce and reap and nothing else.</summary>
[Immutable]
internal sealed class DetachedOpsNullCallback()
    : UtraceVariant("detached-ops-null-callback", "the detached vector has no stubs for events")
{
    internal override DetachedOps MakeDetached(SimMachine machine) => new BareVector(machine);

    /// <summary>A vector whose other slots are NULL.</summary>
    private sealed class BareVector(SimMachine machine) : DetachedOps(machine)
    {
        public override Op<Verdict> ReportExit(
            Cpu cpu, ResumeAction action, UtraceEngine engine, int original, Guarded<int> code)
        {
            Machine.Violate("BUG", "a call through NULL: report_exit of the detached vector");
            return Op<Verdict>.Of(ResumeAction.Detach);
        }
    }
}
