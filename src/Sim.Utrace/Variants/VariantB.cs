using Sim.Machine.Ops;

namespace Sim.Utrace.Variants;

/// <summary>API version 20091216: what the core does unless a variant says otherwise.</summary>
[Immutable]
internal sealed class VariantB() : UtraceVariant("b", "API version 20091216 of 2.6.32, the reference");
