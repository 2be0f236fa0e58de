namespace Sim.Explore.Axiomatic;

/// <summary>The Linux-kernel memory model of Linux 6.12; relations have the names that they have there.</summary>
internal sealed class LkmmModel : AxiomaticModel
{
    /// <inheritdoc/>
    internal override Func<Communication, bool> For(Skeleton skeleton) => new LkmmOrder(skeleton).Holds;
}
