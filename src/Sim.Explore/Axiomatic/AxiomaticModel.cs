using Sim.Explore.Litmus;

namespace Sim.Explore.Axiomatic;

/// <summary>
/// A memory model as axioms over executions. Coherence of each word and atomicity of atomic operations
/// hold in every model and are seen to before.
/// </summary>
internal abstract class AxiomaticModel
{
    /// <summary>The model of a name.</summary>
    internal static AxiomaticModel Of(LitmusMemory memory) => memory switch
    {
        LitmusMemory.Sc => new ScModel(),
        LitmusMemory.Tso => new TsoModel(),
        LitmusMemory.Power => new PowerModel(),
        LitmusMemory.Lkmm => new LkmmModel(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The axioms for one skeleton; what does not depend on communication is computed here, once.</summary>
    internal abstract Func<Communication, bool> For(Skeleton skeleton);
}
