using Sim.Kernel.Barriers;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Utrace.Variants.Historic;

/// <summary>To 2007: a detach stores the new flags first and then the detached vector.</summary>
[Immutable]
internal sealed class DetachFlagsBeforeOps()
    : UtraceVariant("detach-flags-before-ops", "detach stores flags before ops")
{
    internal override async Op MarkDetached(Cpu cpu, UtraceEngine engine, EngineOps detached)
    {
        await cpu.WriteOnce(engine.Flags, UtraceEvents.Quiesce);
        await cpu.WriteOnce(engine.Ops, detached);
    }
}
