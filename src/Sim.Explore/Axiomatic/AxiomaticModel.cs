using Sim.Explore.Litmus;

namespace Sim.Explore.Axiomatic;

/// <summary>
/// A memory model as axioms over executions. Coherence of each word and atomicity of atomic operations
/// hold in every model and are seen to before.
/// </summary>
internal abstract class AxiomaticModel
{
    /// <summary>The model of a name, with every read kept before the later writes of its thread if asked for.</summary>
    internal static AxiomaticModel Of(LitmusMemory memory, bool keepsReadWrite = false) => memory switch
    {
        LitmusMemory.Sc => new ScModel(),
        LitmusMemory.Tso => new TsoModel(),
        LitmusMemory.Power => new PowerModel(keepsReadWrite),
        LitmusMemory.Lkmm => new LkmmModel(keepsReadWrite),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The axioms for one skeleton; what does not depend on communication is computed here, once.</summary>
    internal abstract Func<Communication, bool> For(Skeleton skeleton);
}
