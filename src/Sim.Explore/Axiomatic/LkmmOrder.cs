using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>The axioms of the Linux-kernel memory model for the executions of one skeleton.</summary>
internal sealed class LkmmOrder
{
    private readonly Skeleton _skeleton;
    private readonly Relation _ctrl;
    private readonly ulong _marked;
    private readonly ulong _plain;
    private readonly ulong _unlocks;
    private readonly ulong _lockReads;
    private readonly ulong _lockWrites;
    private readonly ulong _afterUnlockLock;
    private readonly Relation _poRel;
    private readonly Relation _nonRwFence;
    private readonly Relation _fence;
    private readonly Relation _anyRmb;
    private readonly Relation _wmb;
    private readonly Relation _strong;
    private readonly RcuAxiom? _rcu;

    internal LkmmOrder(Skeleton skeleton, bool keepsReadWrite)
    {
        _skeleton = skeleton;
        _ctrl = keepsReadWrite ? skeleton.Po.Between(skeleton.Reads, skeleton.Writes) : skeleton.Ctrl;
        ulong m = skeleton.Memory;
        ulong w = skeleton.Writes;
        _plain = skeleton.Where(static e => e.Kind != EventKind.Fence && e.Order == AccessOrder.Plain);
        _marked = ~_plain;
        _unlocks = Role(LockRole.Unlock);
        _lockReads = Role(LockRole.LockRead);
        _lockWrites = Role(LockRole.LockWrite);
        _afterUnlockLock = skeleton.Barriers(Barrier.AfterUnlockLock);
        ulong acquires = skeleton.Where(static e => e.Kind == EventKind.Read && e.Order == AccessOrder.Acquire);
        ulong releases = skeleton.Where(static e => e.Kind == EventKind.Write && e.Order == AccessOrder.Release);
        ulong answered = skeleton.Where(static e => e.Kind == EventKind.Read && e.Order != AccessOrder.NoReturn);
        Relation po = skeleton.Po;
        _poRel = po.Between(m, releases);
        _wmb = skeleton.Around(skeleton.Barriers(Barrier.Write)).Between(w, w);
        _anyRmb = skeleton.Around(skeleton.Barriers(Barrier.Read));
        Relation rmb = _anyRmb.Between(answered, answered);
        _strong = FullBarriers() | GracePeriods();
        _nonRwFence = _strong | _poRel | po.Between(acquires, m);
        _fence = _nonRwFence | _wmb | rmb;
        _rcu = RcuAxiom.Of(skeleton);
    }

    /// <summary>Whether an execution is allowed.</summary>
    internal bool Holds(Communication c)
    {
        Relation inside = _skeleton.Internal;
        Relation strong = _afterUnlockLock == 0 ? _strong : _strong | AfterUnlockLock(c);
        Relation unlockLock = UnlockLock(c);
        Relation rfe = c.Rfe;
        Relation carry = (_skeleton.Data * c.Rfi).Star();
        Relation addr = carry * _skeleton.Addr;

        Relation strongOrRelease = strong | _poRel;
        Relation cumulative = strongOrRelease | (rfe.Between(~0UL, _marked) * strongOrRelease) | _wmb | unlockLock;
        Relation rmwSequence = (c.Rf * _skeleton.Rmw).Star();
        Relation cumulFence = cumulative.Between(_marked, _marked) * rmwSequence;
        Relation prop = (((c.Co | c.Fr) - inside).Maybe().Between(_marked, ~0UL) * cumulFence.Star()).Between(~0UL, _marked) *
            rfe.Maybe().Between(~0UL, _marked);

        Relation ppo = PreservedProgramOrder(c, addr, carry) | ((_fence | strong | unlockLock) & inside);
        Relation propInside = (prop & inside) - Relation.Identity(_skeleton.Count, prop.All);
        Relation hb = (ppo | rfe | propInside).Between(_marked, _marked);
        if (!hb.IsAcyclic())
        {
            return false;
        }

        Relation hbStar = hb.Star();
        Relation pb = (prop * strong * hbStar).Between(~0UL, _marked);
        if (!pb.IsAcyclic())
        {
            return false;
        }

        Relation rcuFence = _rcu?.FenceIn(prop, hbStar, pb.Star()) ?? new Relation(_skeleton.Count);
        Relation rb = _rcu is null ? rcuFence : (prop * rcuFence * hbStar * pb.Star()).Between(~0UL, _marked);
        return rb.IsIrreflexive() && (_plain == 0 || new PlainAccesses(_skeleton, _plain)
        {
            Addr = addr,
            Fence = _fence | strong | rcuFence,
            NonRwFence = _nonRwFence | strong | rcuFence,
            StrongFence = strong | rcuFence,
            Rmb = _anyRmb,
            CumulFence = cumulFence,
            RmwSequence = rmwSequence,
            XbStar = (hb | pb | rb).Star(),
        }.AreCoherent(c));
    }

    /// <summary>What dependencies and coherence keep in order within a thread.</summary>
    private Relation PreservedProgramOrder(Communication c, Relation addr, Relation carry)
    {
        Relation dep = addr | (carry * _skeleton.Data);
        Relation toW = (dep | (carry * _ctrl)).Between(~0UL, _skeleton.Writes) | ((c.Co | c.Fr) & _skeleton.Internal) |
            (addr.Between(~0UL, _plain) * _wmb);
        Relation toR = addr.Between(~0UL, _skeleton.Reads) | (dep.Between(~0UL, _marked) * c.Rfi);
        return toR | toW;
    }

    /// <summary>What is before an unlock with what is after a lock that follows it, on one processor or for one lock.</summary>
    private Relation UnlockLock(Communication c)
        => _lockReads == 0
            ? new Relation(_skeleton.Count)
            : _skeleton.Po.Between(~0UL, _unlocks) * (_skeleton.Po | c.Rf).Between(_unlocks, _lockReads) * _skeleton.Po;

    private ulong Role(LockRole role) => _skeleton.Where(e => e.Role == role);

    /// <summary>smp_mb and what amounts to one, but for smp_mb__after_unlock_lock.</summary>
    private Relation FullBarriers()
    {
        ulong m = _skeleton.Memory;
        ulong rmw = _skeleton.Where(static e => e.IsRmw && e.Role == LockRole.None);
        Relation poOrSame = _skeleton.Po.Maybe();
        Relation After(ulong atomics, Barrier barrier)
            => (poOrSame.Between(m, atomics) * _skeleton.Around(_skeleton.Barriers(barrier))).Between(m, m);
        Relation before = (_skeleton.Around(_skeleton.Barriers(Barrier.BeforeAtomic)).Between(m, rmw) * poOrSame).Between(m, m);
        return _skeleton.Around(_skeleton.Barriers(Barrier.Full)).Between(m, m) | before |
            After(rmw, Barrier.AfterAtomic) | After(_lockWrites, Barrier.AfterSpinlock);
    }

    /// <summary>synchronize_rcu: everything before it with itself and everything after.</summary>
    private Relation GracePeriods()
        => _skeleton.Po.Between(~0UL, _skeleton.Barriers(Barrier.SynchronizeRcu)) * _skeleton.Po.Maybe();

    private Relation AfterUnlockLock(Communication c)
        => (_skeleton.Po.Between(_skeleton.Memory, _unlocks) * (c.Co | _skeleton.Po).Between(_unlocks, _lockWrites) *
            _skeleton.Around(_afterUnlockLock)).Between(_skeleton.Memory, _skeleton.Memory);
}
