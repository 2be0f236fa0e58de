namespace Sim.Explore.Axiomatic;

/// <summary>The Linux-kernel memory model of Linux 6.12; relations have the names that they have there.</summary>
/// <param name="keepsReadWrite">Whether every read stays before the later writes of its thread.</param>
internal sealed class LkmmModel(bool keepsReadWrite) : AxiomaticModel
{
    /// <inheritdoc/>
    internal override Func<Communication, bool> For(Skeleton skeleton) => new LkmmOrder(skeleton, keepsReadWrite).Holds;
}
