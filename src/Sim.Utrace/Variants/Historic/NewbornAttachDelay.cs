using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Utrace.Variants.Historic;

/// <summary>2009: who attaches to a newborn waits until its parent has reported it.</summary>
[Immutable]
internal sealed class NewbornAttachDelay()
    : UtraceVariant("newborn-attach-delay", "an attach to a newborn waits for its parent")
{
    internal override Op<Errno> BeforeAttach(Cpu cpu, TaskStruct target) => A.BeforeAttach(cpu, target);
}
