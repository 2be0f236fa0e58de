using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>
/// x86-TSO: a write may be delayed past later reads of its thread, unless a fence or a locked
/// instruction stands between or is one of the two; reads of the own thread see it at once.
/// </summary>
internal sealed class TsoModel : AxiomaticModel
{
    /// <inheritdoc/>
    internal override Func<Communication, bool> For(Skeleton skeleton)
    {
        Relation po = skeleton.Po.Between(skeleton.Memory, skeleton.Memory);
        Relation delayed = Relation.Product(skeleton.Count, skeleton.Writes, skeleton.Reads);
        ulong locked = skeleton.Where(static e => e.IsRmw && !e.IsOnlyALook);
        ulong fences = skeleton.Barriers(Barrier.Full) | skeleton.Barriers(Barrier.SynchronizeRcu);
        Relation kept = (po - delayed) | po.Between(locked, ~0UL) | po.Between(~0UL, locked) |
            skeleton.Around(fences).Between(skeleton.Memory, skeleton.Memory);
        var rcu = RcuAxiom.Of(skeleton);
        return communication =>
        {
            Relation order = kept | communication.Rfe | communication.Co | communication.Fr;
            return order.IsAcyclic() && (rcu is null || rcu.HoldsWith(order.Star()));
        };
    }
}
