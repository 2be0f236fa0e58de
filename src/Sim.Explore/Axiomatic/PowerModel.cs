using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>
/// POWER, as in "Herding cats" (Alglave, Maranget, Tautschnig 2014). The primitives of the kernel stand
/// for the instructions to which powerpc compiles them.
/// </summary>
/// <param name="keepsReadWrite">Whether every read stays before the later writes of its thread.</param>
internal sealed class PowerModel(bool keepsReadWrite) : AxiomaticModel
{
    /// <inheritdoc/>
    internal override Func<Communication, bool> For(Skeleton skeleton)
    {
        int n = skeleton.Count;
        ulong r = skeleton.Reads;
        ulong w = skeleton.Writes;
        ulong m = skeleton.Memory;
        Relation sync = skeleton.Around(Syncs(skeleton)).Between(m, m);
        Relation light = Lightweight(skeleton);
        Relation fence = sync | (light - Relation.Product(n, w, r)) | skeleton.Around(skeleton.Barriers(Barrier.Eieio)).Between(w, w);
        ulong taken = skeleton.Where(static e => e.Role == LockRole.LockRead);
        Relation ctrlFence = skeleton.CtrlFence | skeleton.Po.Between(taken, m);
        Relation dependencies = skeleton.Addr | skeleton.Data;
        Relation cc0 = dependencies | skeleton.PoLoc | skeleton.Ctrl | (skeleton.Addr * skeleton.Po);
        var rcu = RcuAxiom.Of(skeleton);
        Relation readWrite = keepsReadWrite ? skeleton.Po.Between(r, w) : new Relation(n);
        return communication =>
        {
            Relation rfe = communication.Rfe;
            Relation fre = communication.Fre;
            Relation coe = communication.Coe;
            Relation ppo = PreservedProgramOrder(
                skeleton,
                ii: dependencies | communication.Rfi | (skeleton.PoLoc & (fre * rfe)),
                ci: ctrlFence | (skeleton.PoLoc & (coe * rfe)),
                cc: cc0);
            Relation hb = ppo | readWrite | fence | rfe;
            if (!hb.IsAcyclic())
            {
                return false;
            }

            Relation hbStar = hb.Star();
            Relation basis = (fence | (rfe * fence)) * hbStar;
            Relation basisStar = basis.Star();
            Relation chapo = rfe | fre | coe | (fre * rfe) | (coe * rfe);
            Relation prop = basis.Between(w, w) | (chapo.Maybe() * basisStar * sync * hbStar);
            return (communication.Co | prop).IsAcyclic() && (fre * prop * hbStar).IsIrreflexive() &&
                (rcu is null || rcu.HoldsWith((communication.Co | prop | hb | fre).Star()));
        };
    }

    private static ulong Syncs(Skeleton skeleton)
        => skeleton.Where(static e => e.Kind == EventKind.Fence && e.Barrier is Barrier.Full or Barrier.BeforeAtomic
            or Barrier.AfterAtomic or Barrier.AfterSpinlock or Barrier.AfterUnlockLock or Barrier.SynchronizeRcu);

    /// <summary>What an lwsync stands between: written as such, behind an acquiring load, or before a releasing store.</summary>
    private static Relation Lightweight(Skeleton skeleton)
    {
        ulong fences = skeleton.Where(static e => e.Kind == EventKind.Fence &&
            e.Barrier is Barrier.Lightweight or Barrier.Read or Barrier.Write);
        ulong acquires = skeleton.Where(static e =>
            e.Kind == EventKind.Read && e.Order == AccessOrder.Acquire && e.Role == LockRole.None);
        ulong releases = skeleton.Where(static e => e.Kind == EventKind.Write && e.Order == AccessOrder.Release);
        Relation until = skeleton.Po.Between(~0UL, acquires).Maybe().Between(~0UL, acquires) * skeleton.Po;
        Relation since = skeleton.Po.Between(~0UL, releases) * skeleton.Po.Maybe();
        return (skeleton.Around(fences) | until | since).Between(skeleton.Memory, skeleton.Memory);
    }

    /// <summary>
    /// The fixpoint of the paper: a read or write has an initial (i) and a commit (c) part, and each pair
    /// of letters says which part must come before which.
    /// </summary>
    private static Relation PreservedProgramOrder(Skeleton skeleton, Relation ii, Relation ci, Relation cc)
    {
        Relation ii0 = ii;
        Relation ci0 = ci;
        Relation cc0 = cc;
        var ic = new Relation(skeleton.Count);
        while (true)
        {
            Relation ciNext = ci0 | (ci * ii) | (cc * ci);
            Relation iiNext = ii0 | ci | (ic * ci) | (ii * ii);
            Relation ccNext = cc0 | ci | (ci * ic) | (cc * cc);
            Relation icNext = ii | cc | (ic * cc) | (ii * ic);
            bool isDone = ciNext.IsSame(ci) && iiNext.IsSame(ii) && ccNext.IsSame(cc) && icNext.IsSame(ic);
            (ci, ii, cc, ic) = (ciNext, iiNext, ccNext, icNext);
            if (isDone)
            {
                return ii.Between(skeleton.Reads, skeleton.Reads) | ic.Between(skeleton.Reads, skeleton.Writes);
            }
        }
    }
}
