namespace Sim.Explore.Axiomatic;

/// <summary>Sequential consistency: one order of all accesses that every thread agrees with.</summary>
internal sealed class ScModel : AxiomaticModel
{
    /// <inheritdoc/>
    internal override Func<Communication, bool> For(Skeleton skeleton)
    {
        Relation po = skeleton.Po.Between(skeleton.Memory, skeleton.Memory);
        var rcu = RcuAxiom.Of(skeleton);
        return communication =>
        {
            Relation order = po | communication.Rf | communication.Co | communication.Fr;
            return order.IsAcyclic() && (rcu is null || rcu.HoldsWith(order.Star()));
        };
    }
}
