using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Machine.Memory.Views;

/// <summary>What accesses do to the views of a processor, and to words.</summary>
internal sealed partial class ViewMemory
{
    /// <summary>A load.</summary>
    /// <param name="processor">Who loads.</param>
    /// <param name="cell">The word.</param>
    /// <param name="order">What it orders.</param>
    /// <param name="alternative">Which way, the newest write first.</param>
    /// <returns>What is found, and whether it is not the newest write.</returns>
    internal (long Bits, bool IsOld) Load(int processor, Cell cell, Ordering order, int alternative)
    {
        WordHistory word = HistoryOf(cell);
        int place = alternative > 0 ? PlacesToLoad(processor, word)[alternative] : word.Count - 1;
        WordWrite write = word[place];
        ProcessorViews views = Read(processor, write, order != Ordering.NoReturn);
        Put(processor, order == Ordering.Acquire ? Acquire(views, write) : views);
        return (write.Bits, place != word.Count - 1);
    }

    /// <summary>A store.</summary>
    /// <param name="processor">Who stores.</param>
    /// <param name="cell">The word.</param>
    /// <param name="bits">What the word holds afterwards.</param>
    /// <param name="order">What it orders.</param>
    /// <param name="alternative">Which way: last, or before some of the writes that are there.</param>
    internal void Store(int processor, Cell cell, long bits, Ordering order, int alternative)
    {
        WordHistory word = HistoryOf(cell);
        ProcessorViews views = ViewsFor(_views[processor], order);
        int place = alternative > 0 ? PlacesToStore(views, word)[alternative] : word.Count;
        Put(processor, views);
        View handedOn = views.Stored.With(views.Released);
        Knowledge carried = order == Ordering.Unlock ? new Knowledge(handedOn, FenceClock.None)
            : views.Program?.Value.Begun ?? new Knowledge(views.Acquired, views.Heard);
        Write(processor, word, place, bits, order is Ordering.Release or Ordering.Unlock or Ordering.SectionEnd, carried, attachedTo: null);
        if (order == Ordering.Unlock)
        {
            views = _views[processor];
            Put(processor, views with
            {
                LastUnlock = views.LastUnlock.With(views.Everything),
                HandedOn = views.HandedOn.With(handedOn),
                UnlockFences = views.UnlockFences.With(views.Heard),
            });
        }
    }

    /// <summary>An atomic operation.</summary>
    /// <param name="processor">Who makes it.</param>
    /// <param name="op">The operation.</param>
    /// <param name="alternative">Which way, the newest write first.</param>
    /// <returns>What is found.</returns>
    internal long Change(int processor, in PendingOp op, int alternative)
    {
        WordHistory word = HistoryOf(op.Cell!);
        WordWrite read = word[alternative > 0 ? PlacesToChange(processor, in op, word)[alternative] : word.Count - 1];
        bool writes = op.Writes(read.Bits);
        PassPending(processor, in op);
        if (IsFull(in op, writes))
        {
            Full(processor);
        }

        bool isLock = writes && IsLock(in op);
        ProcessorViews views = Read(processor, read, Answers(in op, writes));
        views = isLock ? Taking(views, read) : views;
        Put(processor, writes ? Ordered(views, op.Order) : views);
        if (writes)
        {
            Write(
                processor,
                word,
                read.Place + 1,
                op.Cell!.Wrap(op.Apply(read.Bits)),
                op.Order is Ordering.Release or Ordering.Unlock,
                CarriedBy(views, in op),
                read);
            Acquire(processor, op.Order, read, isLock);
            if (IsFull(in op, writes))
            {
                Full(processor);
            }
        }

        NoteAtomic(processor, in op);
        return read.Bits;
    }

    private static bool IsLock(in PendingOp op)
        => op.Order == Ordering.Lock || (op.Guard != GuardKind.None && op.Order == Ordering.Usual);

    private static bool IsFull(in PendingOp op, bool writes) => writes && op.Order == Ordering.Usual && !IsLock(in op);

    private static bool Answers(in PendingOp op, bool writes) => op.Order != Ordering.NoReturn || !writes;

    /// <summary>A lock is taken: the section publishes what the last one did, and the processor's own.</summary>
    private static ProcessorViews Taking(ProcessorViews views, WordWrite free)
        => views with { Released = views.Released.With(free.Carried.Seen).With(views.HandedOn) };

    /// <summary>What a processor has seen when an atomic operation writes, on POWER with the lwsync that belongs to it.</summary>
    private ProcessorViews Ordered(ProcessorViews views, Ordering order)
        => _isPower && order is Ordering.Release or Ordering.Unlock or Ordering.Acquire ? Lightweight(views) : views;

    /// <summary>What the write of an atomic operation was computed from.</summary>
    private static Knowledge CarriedBy(ProcessorViews views, in PendingOp op)
    {
        if (op.Order == Ordering.Unlock)
        {
            return new Knowledge(views.Stored.With(views.Released), FenceClock.None);
        }

        return views.Program is { } program
            ? op.IsComputed ? program.Value.Begun.With(views.Newest) : program.Value.Begun
            : new Knowledge(views.Acquired, views.Heard);
    }

    private void Acquire(int processor, Ordering order, WordWrite read, bool isLock)
    {
        if (isLock)
        {
            Put(processor, Behind(_views[processor], read));
        }
        else if (order == Ordering.Acquire && !_isPower)
        {
            Put(processor, Acquire(_views[processor], read));
        }

        if (isLock)
        {
            ProcessorViews views = _views[processor];
            Put(processor, views with { Current = views.Current.With(views.LastUnlock), Fences = views.Fences.With(views.UnlockFences) });
            NoteLock(processor, read);
        }
    }

    /// <summary>A processor reads a write.</summary>
    private ProcessorViews Read(int processor, WordWrite write, bool answers)
    {
        ProcessorViews views = _views[processor];
        write.Word.See(write, processor, views.Fences.With(BeforeReading(processor, views, write).Fences));
        return AfterReading(processor, views, write, answers || _isPower);
    }

    /// <summary>What goes before a processor's read of a write, beside what goes before all its reads.</summary>
    private Knowledge BeforeReading(int processor, ProcessorViews views, WordWrite write)
    {
        Knowledge known = AddressOf(views, write.Word.Cell);
        return views.Program is not { } program ? known
            : write.Writer == processor ? known.With(write.Carried)
            : known.With(_isPower ? program.BeforeReading(write) : program.BehindMissed(write, processor));
    }

    /// <summary>What a processor has seen when it has read a write.</summary>
    private ProcessorViews AfterReading(int processor, ProcessorViews views, WordWrite write, bool answers)
    {
        bool isOwn = write.Writer == processor;
        bool isProgram = views.Program is not null;
        Knowledge known = BeforeReading(processor, views, write);
        FenceClock heard = AddressOf(views, write.Word.Cell).Fences;
        heard = isOwn ? heard : heard.With(write.Fences);
        if (isOwn && isProgram)
        {
            // What comes from the processor itself tells nothing new but what goes before this read.
            return views with
            {
                Current = views.Current.With(write),
                Answered = answers ? views.Answered.With(known.Seen) : views.Answered,
                AnsweredFences = answers ? views.AnsweredFences.With(known.Fences) : views.AnsweredFences,
                Newest = known,
                Program = AfterReading(views.Program, write, known, views.Fences.With(known.Fences)),
            };
        }

        known = new Knowledge(known.Seen.With(write.Published), known.Fences.With(heard));
        known = isOwn ? known.With(write.Carried) : known;
        if (_isPower && !isOwn && !isProgram && (views.Current.FloorOf(write.Word) > 0 || IsTouched(views, write.Word)))
        {
            // A store of another processor between two accesses to one word orders them (detour, rdw).
            known = known.With(new Knowledge(views.Acquired, views.Heard));
        }

        return views with
        {
            Current = views.Current.With(write),
            Acquired = views.Acquired.With(write.Published),
            Answered = answers ? views.Answered.With(write.Published) : views.Answered,
            Chained = _isPower ? views.Chained.With(write.Fenced) : views.Chained,
            Heard = views.Heard.With(heard),
            AnsweredFences = answers ? views.AnsweredFences.With(heard) : views.AnsweredFences,
            Newest = known,
            Touched = Touching(views, write),
            Program = AfterReading(views.Program, write, known, views.Fences.With(known.Fences)),
        };
    }

    private TouchedWord? Touching(ProcessorViews views, WordWrite write)
        => _isPower && views.Program is null && write.Place == 0 && !IsTouched(views, write.Word)
            ? new TouchedWord(write.Word, views.Touched)
            : views.Touched;

    private static bool IsTouched(ProcessorViews views, WordHistory word)
    {
        TouchedWord? touched = views.Touched;
        while (touched is not null && touched.Word != word)
        {
            touched = touched.Next;
        }

        return touched is not null;
    }

    private void Write(int processor, WordHistory word, int place, long bits, bool isRelease, Knowledge carried, WordWrite? attachedTo)
    {
        ProcessorViews views = _views[processor];
        View published = isRelease ? views.Everything.With(views.Released) : views.Released;
        published = _isPower ? published.With(views.Chained) : published;
        published = attachedTo is null ? published : published.With(attachedTo.Published);
        FenceClock fences = views.Heard.With(AddressOf(views, word.Cell).Fences);
        var write = new WordWrite(word, processor, views.Writes, bits)
        {
            Carried = carried,
            Fenced = FencedBy(views),
            Fences = fences,
            IsAttached = attachedTo is not null,
        };
        word.Insert(place, write);
        write.Published = published.With(write);
        word.See(write, processor, fences);
        Put(processor, views with
        {
            Current = views.Current.With(write),
            Own = views.Own.With(write),
            Stored = views.Stored.With(write.Published),
            Writes = views.Writes + 1,
            Program = AfterWriting(views, write),
        });
    }
}
