using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Machine.Memory.Views;

/// <summary>Which writes an access may read, and where a store may go.</summary>
internal sealed partial class ViewMemory
{
    /// <summary>How many ways an operation has, before full barriers of others are asked.</summary>
    internal int WaysOf(int processor, in PendingOp op)
    {
        if (op.Cell is not { Sort: CellSort.Shared, History: { Count: > 1 } word } || op.Guard != GuardKind.None)
        {
            return 1;
        }

        ProcessorViews views = _views[processor];
        return op.Kind == OpKind.Load ? word.Count - LoadFloor(views, word)
            : op.Kind == OpKind.Store && CanGoBefore(in op) ? word.Count - StoreFloor(views, word)
            : op.Kind == OpKind.Rmw && views.Program is not null ? word.Count - LoadFloor(views, word)
            : 1;
    }

    /// <summary>How many ways an operation has; may be more than can be chosen from.</summary>
    internal int AlternativesOf(int processor, in PendingOp op)
    {
        if (WaysOf(processor, in op) == 1)
        {
            return 1;
        }

        WordHistory word = op.Cell!.History!;
        return op.Kind == OpKind.Load ? PlacesToLoad(processor, word).Count
            : op.Kind == OpKind.Store ? PlacesToStore(ViewsFor(_views[processor], op.Order), word).Count
            : PlacesToChange(processor, in op, word).Count;
    }

    private static bool CanGoBefore(in PendingOp op)
        => op.Lane.IsWhole && op.Order is Ordering.Usual or Ordering.Relaxed or Ordering.Release;

    /// <summary>What a processor has seen when it stores; POWER's release is lwsync and a store.</summary>
    private ProcessorViews ViewsFor(ProcessorViews views, Ordering order)
        => _isPower && order is Ordering.Release or Ordering.Unlock ? Lightweight(views) : views;

    private static int LoadFloor(ProcessorViews views, WordHistory word)
        => Math.Max(views.Current.FloorOf(word), AddressOf(views, word.Cell).Seen.FloorOf(word));

    private static int StoreFloor(ProcessorViews views, WordHistory word)
        => Math.Max(views.Current.FloorOf(word), views.Acquired.FloorOf(word));

    /// <summary>The writes that a load may read, the newest first.</summary>
    private List<int> PlacesToLoad(int processor, WordHistory word)
    {
        ProcessorViews views = _views[processor];
        Knowledge address = AddressOf(views, word.Cell);
        int floor = Math.Max(LoadFloor(views, word), _barriers.Before(views.Fences.With(address.Fences)).FloorOf(word));
        var places = new List<int>();
        for (int place = word.Count - 1; place >= floor; place--)
        {
            if (views.Program is null || MayRead(processor, views, address, word[place]))
            {
                places.Add(place);
            }
        }

        return places;
    }

    /// <summary>Whether what goes before the read of one write lets that be read, and what the processor read before.</summary>
    private bool MayRead(int processor, ProcessorViews views, Knowledge address, WordWrite write)
    {
        Knowledge before = BeforeReading(processor, views, write);
        FenceClock fences = views.Fences.With(before.Fences);
        return (ReferenceEquals(before, address) || (before.Seen.FloorOf(write.Word) <= write.Place &&
            _barriers.Before(fences).FloorOf(write.Word) <= write.Place)) &&
            (_isPower || write.Writer == processor || AgreesWithReads(processor, views, write, fences.With(write.Fences)));
    }

    /// <summary>
    /// Whether a read agrees with other accesses of its processor, in whichever order they stand. An access that
    /// missed a write which a full barrier before another one is behind comes before that one; then the other one
    /// cannot have missed what it knew.
    /// </summary>
    private bool AgreesWithReads(int processor, ProcessorViews views, WordWrite write, FenceClock fences)
    {
        View? reached = null;
        for (MadeAccess? other = views.Program!.Accesses; other is not null; other = other.Next)
        {
            bool isFromOther = other.IsRead && other.Write.Writer != processor;
            if (isFromOther && write.IsBehind(other.Write.Published, processor) &&
                other.Write.IsBehind(reached ??= _barriers.Before(fences), processor))
            {
                return false;
            }

            if (other.Write.IsBehind(write.Published, processor) && write.IsBehind(_barriers.Before(other.Fences), processor))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Where a store may go, the newest place first.</summary>
    private List<int> PlacesToStore(ProcessorViews views, WordHistory word)
    {
        FenceClock fences = _isPower ? views.Heard.With(FullBarriers.Around(FencedBy(views))) : views.Heard;
        int floor = Math.Max(StoreFloor(views, word), _barriers.Before(fences).FloorOf(word));
        var places = new List<int>();
        for (int place = word.Count; place > floor; place--)
        {
            if (place == word.Count || (!word[place].IsAttached && (!_isPower || FitsAt(FencedBy(views), word, place))))
            {
                places.Add(place);
            }
        }

        return places;
    }

    /// <summary>The writes that an atomic operation may read, the newest first; if it writes, it does so directly behind.</summary>
    private List<int> PlacesToChange(int processor, in PendingOp op, WordHistory word)
    {
        var places = new List<int>();
        for (int place = word.Count - 1; place >= LoadFloor(_views[processor], word); place--)
        {
            if (place == word.Count - 1 || MayChange(processor, in op, word[place]))
            {
                places.Add(place);
            }
        }

        return places;
    }

    /// <summary>Whether an atomic operation may read a write that is not the newest.</summary>
    private bool MayChange(int processor, in PendingOp op, WordWrite read)
    {
        WordHistory word = read.Word;
        bool writes = op.Writes(read.Bits);
        ProcessorViews views = _views[processor];
        View passed = View.Empty;
        if (!IsLock(in op) && views.Program!.Pending is { } pending)
        {
            views = Passed(views, pending);
            passed = pending.Seen;
        }

        if (IsFull(in op, writes))
        {
            Knowledge everything = EverythingOf(views);
            views = Passed(views, everything);
            passed = passed.With(everything.Seen);
        }

        Knowledge before = BeforeReading(processor, views, read);
        FenceClock fences = views.Fences.With(before.Fences);
        int floor = Math.Max(LoadFloor(views, word), before.Seen.FloorOf(word));
        if (read.Place < Math.Max(floor, _barriers.Before(fences, passed).FloorOf(word)) ||
            (!_isPower && read.Writer != processor && !AgreesWithReads(processor, views, read, fences.With(read.Fences))))
        {
            return false;
        }

        if (!writes)
        {
            return true;
        }

        views = Ordered(AfterReading(processor, views, read, Answers(in op, writes) || _isPower), op.Order);
        View fenced = FencedBy(views, passed);
        fences = _isPower ? views.Heard.With(FullBarriers.Around(fenced)) : views.Heard;
        return !word[read.Place + 1].IsAttached &&
            read.Place >= Math.Max(StoreFloor(views, word), _barriers.Before(fences, passed).FloorOf(word)) &&
            (!_isPower || FitsAt(fenced, word, read.Place + 1));
    }

    /// <summary>Whether POWER lets a store go before a write: it may close no cycle with what barriers published.</summary>
    private bool FitsAt(View fenced, WordHistory word, int place) => WriteOrder.IsAcyclic(_words, word, place, fenced);

    private View FencedBy(ProcessorViews views) => FencedBy(views, View.Empty);

    private View FencedBy(ProcessorViews views, View passed)
        => _isPower ? views.Released.With(views.Chained).With(_barriers.Before(views.Heard, passed)) : View.Empty;
}
