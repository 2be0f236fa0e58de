using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>The axioms of the Linux-kernel memory model for the executions of one skeleton.</summary>
internal sealed class LkmmOrder
{
    private readonly Skeleton _skeleton;
    private readonly ulong _marked;
    private readonly ulong _plain;
    private readonly ulong _unlocks;
    private readonly ulong _lockReads;
    private readonly ulong _lockWrites;
    private readonly ulong _afterUnlockLock;
    private readonly Relation _poRel;
    private readonly Relation _fence;
    private readonly Relation _wmb;
    private readonly Relation _strong;
    private readonly RcuAxiom? _rcu;

    internal LkmmOrder(Skeleton skeleton)
    {
        _skeleton = skeleton;
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
        Relation rmb = skeleton.Around(skeleton.Barriers(Barrier.Read)).Between(answered, answered);
        _strong = FullBarriers() | GracePeriods();
        _fence = _strong | _poRel | po.Between(acquires, m) | _wmb | rmb;
        _rcu = RcuAxiom.Of(skeleton);
    }

    /// <summary>Whether an execution is allowed.</summary>
    internal bool Holds(Communication c)
    {
        int n = _skeleton.Count;
        Relation inside = _skeleton.Internal;
        Relation po = _skeleton.Po;
        Relation rfe = c.Rfe;
        Relation rfi = c.Rfi;
        Relation strong = _afterUnlockLock == 0 ? _strong : _strong | AfterUnlockLock(c);

        Relation carry = (_skeleton.Data * rfi).Star();
        Relation addr = carry * _skeleton.Addr;
        Relation ctrl = carry * _skeleton.Ctrl;
        Relation data = carry * _skeleton.Data;
        Relation dep = addr | data;
        Relation overwrite = c.Co | c.Fr;
        Relation unlockLock = _lockReads == 0
            ? new Relation(n)
            : po.Between(~0UL, _unlocks) * (po | c.Rf).Between(_unlocks, _lockReads) * po;

        Relation toW = (dep | ctrl).Between(~0UL, _skeleton.Writes) | (overwrite & inside) | (addr.Between(~0UL, _plain) * _wmb);
        Relation toR = addr.Between(~0UL, _skeleton.Reads) | (dep.Between(~0UL, _marked) * rfi);
        Relation ppo = toR | toW | ((_fence | strong) & inside) | (unlockLock & inside);

        Relation strongOrRelease = strong | _poRel;
        Relation cumulative = strongOrRelease | (rfe.Between(~0UL, _marked) * strongOrRelease) | _wmb | unlockLock;
        Relation rmwSequence = (c.Rf * _skeleton.Rmw).Star();
        Relation cumulFence = cumulative.Between(_marked, _marked) * rmwSequence;
        Relation prop = ((overwrite - inside).Maybe().Between(_marked, ~0UL) * cumulFence.Star()).Between(~0UL, _marked) *
            rfe.Maybe().Between(~0UL, _marked);

        Relation propInside = (prop & inside) - Relation.Identity(n, prop.All);
        Relation hb = (ppo | rfe | propInside).Between(_marked, _marked);
        if (!hb.IsAcyclic())
        {
            return false;
        }

        Relation hbStar = hb.Star();
        Relation pb = (prop * strong * hbStar).Between(~0UL, _marked);
        return pb.IsAcyclic() && (_rcu is null || _rcu.HoldsIn(prop, hbStar, pb.Star(), _marked));
    }

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
