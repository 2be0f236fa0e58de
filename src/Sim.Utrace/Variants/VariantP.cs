using Sim.Machine.Memory;
using Sim.Machine.Ops;

namespace Sim.Utrace.Variants;

/// <summary>The posting of 2009-11-24: B with a fence in the death report, and a weaker one on the way to user mode.</summary>
[Immutable]
internal sealed class VariantP() : UtraceVariant("p", "the posting of 2009-11-24 that was under review")
{
    internal override bool FencesDeathReport => true;

    internal override FenceKind NotifyResumeFence => FenceKind.Read;
}
