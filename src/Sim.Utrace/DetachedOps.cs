using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Utrace;

/// <summary>
/// The vector of an engine that is detached but still linked: wants to be asked once more, and then
/// says that it goes away. Source: spec section 1.4.
/// </summary>
internal class DetachedOps(SimMachine machine) : EngineOps(machine, "detached")
{
    public override Op<Verdict> ReportQuiesce(
        Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
        => Op<Verdict>.Of(ResumeAction.Detach);
}
