using System.Numerics;
using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>
/// What an execution is before anybody says who read from whom: the events of one run of each thread,
/// with program order and dependencies. Initial writes come first and belong to no thread.
/// </summary>
internal sealed class Skeleton
{
    private readonly int[] _threads;

    internal Skeleton(LitmusTest test, IReadOnlyList<ThreadRun> runs)
    {
        int locations = test.Symbols.Names.Count;
        int count = locations + runs.Sum(run => run.Events.Length);
        if (count > Relation.Most)
        {
            throw new TooLargeException(
                FormattableString.Invariant($"an execution has {count} events, initial writes included; at most {Relation.Most} are supported"));
        }

        Count = count;
        Events = new LitmusEvent[count];
        _threads = new int[count];
        Po = new Relation(count);
        Internal = new Relation(count);
        Addr = new Relation(count);
        Data = new Relation(count);
        Ctrl = new Relation(count);
        CtrlFence = new Relation(count);
        Rmw = new Relation(count);
        for (int i = 0; i < locations; i++)
        {
            Events[i] = new LitmusEvent(EventKind.Write, i, test.InitialValue(i)) { Order = AccessOrder.Once };
            _threads[i] = -1;
        }

        int first = locations;
        for (int thread = 0; thread < runs.Count; thread++)
        {
            AddThread(thread, runs[thread].Events, first);
            first += runs[thread].Events.Length;
        }

        Reads = Where(static e => e.Kind == EventKind.Read);
        Writes = Where(static e => e.Kind == EventKind.Write);
        Memory = Reads | Writes;
        PoLoc = new Relation(count);
        for (int i = 0; i < count; i++)
        {
            int location = Events[i].Location;
            PoLoc.SetRow(i, location < 0 ? 0 : Po[i] & Where(e => e.Location == location));
        }
    }

    /// <summary>Number of events.</summary>
    internal int Count { get; }

    /// <summary>The events.</summary>
    internal LitmusEvent[] Events { get; }

    /// <summary>The set of reads.</summary>
    internal ulong Reads { get; }

    /// <summary>The set of writes, initial ones included.</summary>
    internal ulong Writes { get; }

    /// <summary>Reads and writes.</summary>
    internal ulong Memory { get; }

    /// <summary>Program order, fences included.</summary>
    internal Relation Po { get; }

    /// <summary>Program order between accesses to one word.</summary>
    internal Relation PoLoc { get; }

    /// <summary>Events of one thread.</summary>
    internal Relation Internal { get; }

    /// <summary>From a read to what was addressed with it.</summary>
    internal Relation Addr { get; }

    /// <summary>From a read to a write of what was computed from it.</summary>
    internal Relation Data { get; }

    /// <summary>From a read to what a branch on it decided.</summary>
    internal Relation Ctrl { get; }

    /// <summary>Of these, those with an isync behind the branch.</summary>
    internal Relation CtrlFence { get; }

    /// <summary>From the read of an atomic operation to its write.</summary>
    internal Relation Rmw { get; }

    /// <summary>Whether an event is an initial write.</summary>
    internal bool IsInitial(int e) => _threads[e] < 0;

    /// <summary>The thread of an event, or -1.</summary>
    internal int ThreadOf(int e) => _threads[e];

    /// <summary>The set of events of a kind.</summary>
    internal ulong Where(Func<LitmusEvent, bool> condition)
    {
        ulong set = 0;
        for (int i = 0; i < Count; i++)
        {
            set |= condition(Events[i]) ? 1UL << i : 0;
        }

        return set;
    }

    /// <summary>The set of barriers of a kind.</summary>
    internal ulong Barriers(Barrier barrier) => Where(e => e.Kind == EventKind.Fence && e.Barrier == barrier);

    /// <summary>What a set of events stands between: herd's <c>po;[set];po</c>.</summary>
    internal Relation Around(ulong set) => set == 0 ? new Relation(Count) : Po.Between(~0UL, set) * Po;

    private void AddThread(int thread, LitmusEvent[] events, int first)
    {
        ulong all = (events.Length == 0 ? 0 : ulong.MaxValue >> (Relation.Most - events.Length)) << first;
        for (int i = 0; i < events.Length; i++)
        {
            int me = first + i;
            Events[me] = events[i];
            _threads[me] = thread;
            Internal.SetRow(me, all);
            Po.SetRow(me, i == events.Length - 1 ? 0 : all & (ulong.MaxValue << (me + 1)));
            Add(Addr, events[i].Address, first, me);
            Add(Data, events[i].Data, first, me);
            Add(Ctrl, events[i].Control, first, me);
            Add(CtrlFence, events[i].ControlFence, first, me);
            if (events[i].WritesAfterRead)
            {
                Rmw.Add(me - 1, me);
            }
        }
    }

    private static void Add(Relation relation, ulong reads, int first, int to)
    {
        for (ulong left = reads; left != 0; left &= left - 1)
        {
            relation.Add(first + BitOperations.TrailingZeroCount(left), to);
        }
    }
}
