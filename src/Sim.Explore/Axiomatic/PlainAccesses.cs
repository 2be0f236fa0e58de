using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>
/// What the Linux-kernel memory model still promises about plain accesses: where fences bound a plain
/// access on the side of another one, coherence holds between them.
/// </summary>
internal sealed class PlainAccesses(Skeleton skeleton, ulong plain)
{
    /// <summary>Address dependencies.</summary>
    internal required Relation Addr { get; init; }

    /// <summary>What any fence orders.</summary>
    internal required Relation Fence { get; init; }

    /// <summary>What a fence orders that is neither smp_rmb nor smp_wmb.</summary>
    internal required Relation NonRwFence { get; init; }

    /// <summary>What strong fences order.</summary>
    internal required Relation StrongFence { get; init; }

    /// <summary>What stands around an smp_rmb.</summary>
    internal required Relation Rmb { get; init; }

    /// <summary>cumul-fence.</summary>
    internal required Relation CumulFence { get; init; }

    /// <summary>rmw-sequence.</summary>
    internal required Relation RmwSequence { get; init; }

    /// <summary>Executes-before, any number of times.</summary>
    internal required Relation XbStar { get; init; }

    /// <summary>Whether an execution keeps the promise.</summary>
    internal bool AreCoherent(Communication c)
    {
        int n = skeleton.Count;
        ulong marked = ~plain;
        ulong noReturn = skeleton.Where(static e => e.Order == AccessOrder.NoReturn);
        ulong answered = skeleton.Reads & ~noReturn;
        ulong notInitial = 0;
        for (int i = 0; i < n; i++)
        {
            notInitial |= skeleton.IsInitial(i) ? 0 : 1UL << i;
        }

        Relation vis = (CumulFence.Star() * c.Rfe.Maybe()).Between(~0UL, marked) *
            (StrongFence.Between(~0UL, marked) * XbStar | (XbStar & skeleton.Internal));
        Relation writeBefore = (Addr | Fence).Maybe().Between(marked, ~0UL);
        Relation readBefore = (Addr | NonRwFence | Rmb.Between(answered, ~noReturn)).Maybe().Between(marked, ~0UL);
        Relation writeAfter = Fence.Maybe().Between(~0UL, marked) * RmwSequence;
        Relation readAfter = (NonRwFence | Rmb.Between(~noReturn, answered)).Maybe().Between(~0UL, marked);

        Relation writeWrite = Fence | (StrongFence * XbStar * writeBefore) | (writeAfter * vis * writeBefore);
        Relation writeRead = Fence | (StrongFence * XbStar * readBefore) | (writeAfter * vis * readBefore);
        Relation readWrite = Fence | (readAfter * XbStar * writeBefore);

        Relation race = (Relation.Product(n, plain, skeleton.Memory) | Relation.Product(n, skeleton.Memory & notInitial, plain)) -
            skeleton.Internal;
        Relation broken = (c.Rf & readWrite.Inverse()) | (c.Fr & writeRead.Inverse()) | (c.Co & writeWrite.Inverse());
        return (race & broken).Domain == 0;
    }
}
