using Sim.Machine.Ops;

namespace Sim.Utrace.Variants;

/// <summary>
/// Our own: variant B with the smallest set of changes under which every guarantee holds. Each change says which
/// finding of docs/findings.md it removes.
/// </summary>
[Immutable]
internal sealed class VariantFixed() : UtraceVariant("fixed", "B with the smallest changes that keep every guarantee")
{
    /// <summary>F1: nothing is asked for, and so nothing comes back to life, once the engines are torn down.</summary>
    internal override bool RefusesReaped => true;
}
