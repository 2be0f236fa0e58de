using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>
/// The guarantee of RCU: a read-side section does not span a grace period. As a count: a cycle with at
/// least as many grace periods as sections is forbidden.
/// </summary>
internal sealed class RcuAxiom
{
    private readonly Skeleton _skeleton;
    private readonly Relation _gracePeriods;

    /// <summary>From the end of a section to its start.</summary>
    private readonly Relation _sections;

    private RcuAxiom(Skeleton skeleton, ulong gracePeriods, Relation sections)
    {
        _skeleton = skeleton;
        _gracePeriods = Relation.Identity(skeleton.Count, gracePeriods);
        _sections = sections;
    }

    /// <summary>The axiom, or null when the execution has no grace period.</summary>
    internal static RcuAxiom? Of(Skeleton skeleton)
    {
        ulong gracePeriods = skeleton.Barriers(Barrier.SynchronizeRcu);
        return gracePeriods == 0 ? null : new RcuAxiom(skeleton, gracePeriods, Sections(skeleton));
    }

    /// <summary>Whether it holds in a model whose order is a single relation.</summary>
    internal bool HoldsWith(Relation order)
        => (order * Fence(_skeleton.Po.Maybe() * order * _skeleton.Po)).IsIrreflexive();

    /// <summary>What grace periods order in the Linux-kernel memory model.</summary>
    internal Relation FenceIn(Relation prop, Relation hbStar, Relation pbStar)
        => Fence(_skeleton.Po.Maybe() * hbStar * pbStar * prop * _skeleton.Po);

    private static Relation Sections(Skeleton skeleton)
    {
        var sections = new Relation(skeleton.Count);
        var open = new Stack<int>();
        for (int i = 0; i < skeleton.Count; i++)
        {
            if (i > 0 && skeleton.ThreadOf(i) != skeleton.ThreadOf(i - 1))
            {
                open.Clear();
            }

            LitmusEvent e = skeleton.Events[i];
            if (e is { Kind: EventKind.Fence, Barrier: Barrier.RcuLock })
            {
                open.Push(i);
            }
            else if (e is { Kind: EventKind.Fence, Barrier: Barrier.RcuUnlock } && open.Count > 0)
            {
                sections.Add(i, open.Pop());
            }
        }

        return sections;
    }

    /// <summary>What grace periods order, directly or against sections.</summary>
    private Relation Fence(Relation link)
    {
        Relation order = _gracePeriods;
        while (true)
        {
            Relation inner = link | (link * order * link);
            Relation next = order | (_gracePeriods * inner * _sections) | (_sections * inner * _gracePeriods) | (order * link * order);
            if (next.IsSame(order))
            {
                return _skeleton.Po * order * _skeleton.Po.Maybe();
            }

            order = next;
        }
    }
}
