using System.Collections.Immutable;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Machine.Memory.Views;

/// <summary>
/// Memory as processors with views see it: a word has a history of writes, and a load takes any write that its
/// processor has no reason to know as overwritten. docs/memory-models.md has the rules.
/// </summary>
/// <remarks>
/// A load or a store that has several ways is two steps: one that touches the word, and at once a choice. Whatever
/// has several ways conflicts with everything of other processors that has: which ways there are depends on what
/// full barriers and older choices say together (<see cref="FullBarriers"/>).
/// </remarks>
internal sealed class ViewMemory : Undoable
{
    private const int GracesSlot = -1;

    private readonly SimMachine _machine;
    private readonly bool _isPower;
    private readonly ProcessorViews[] _views;
    private readonly FullBarriers _barriers;
    private readonly List<WordHistory> _words = [];
    private readonly List<object> _replaced = [];
    private FenceClock _graces = FenceClock.None;

    internal ViewMemory(SimMachine machine, int processors, bool isPower)
    {
        _machine = machine;
        _isPower = isPower;
        _views = new ProcessorViews[processors];
        Array.Fill(_views, ProcessorViews.Fresh);
        _barriers = new FullBarriers(machine, processors, isPower);
        Choices = new Ghost<int>(new ChoiceOrder(machine), "choices");
    }

    /// <summary>What every step with several ways touches.</summary>
    internal Cell Choices { get; }

    /// <summary>What a processor has seen.</summary>
    internal ProcessorViews Of(int processor) => _views[processor];

    /// <summary>How many ways an operation has, before full barriers of others are asked.</summary>
    internal int WaysOf(int processor, in PendingOp op)
    {
        if (op.Cell is not { Sort: CellSort.Shared, History: { Count: > 1 } word } || op.Guard != GuardKind.None)
        {
            return 1;
        }

        return op.Kind == OpKind.Load ? word.Count - LoadFloor(_views[processor], word)
            : op.Kind == OpKind.Store && CanGoBefore(in op) ? word.Count - StoreFloor(_views[processor], word)
            : 1;
    }

    /// <summary>How many ways an operation has.</summary>
    internal int AlternativesOf(int processor, in PendingOp op)
        => WaysOf(processor, in op) == 1 ? 1 : Math.Min(PlacesOf(ViewsFor(processor, op.Order), op.Kind == OpKind.Load, op.Cell!.History!).Count, Cpu.MostAlternatives);

    /// <summary>A load.</summary>
    /// <param name="processor">Who loads.</param>
    /// <param name="cell">The word.</param>
    /// <param name="order">What it orders.</param>
    /// <param name="alternative">Which way, the newest write first.</param>
    /// <returns>What is found, and whether it is not the newest write.</returns>
    internal (long Bits, bool IsOld) Load(int processor, Cell cell, Ordering order, int alternative)
    {
        WordHistory word = HistoryOf(cell);
        int place = word.Count - 1;
        if (alternative > 0)
        {
            place = PlacesOf(_views[processor], isLoad: true, word)[alternative];
        }

        ProcessorViews views = Read(processor, word[place], order != Ordering.NoReturn);
        Put(processor, order == Ordering.Acquire ? Acquire(views, word[place], _isPower) : views);
        return (word[place].Bits, place != word.Count - 1);
    }

    /// <summary>A pointer was loaded: what is loaded through it is behind what its load knew.</summary>
    internal void NotePointer(int processor, long target)
    {
        ProcessorViews views = _views[processor];
        Knowledge known = KnownWith(views, target);
        if (target != 0 && !ReferenceEquals(known.With(views.Newest), known))
        {
            Put(processor, views with { Pointers = new LoadedPointer(target, views.Newest, views.Pointers) });
        }
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
        ProcessorViews views = ViewsFor(processor, order);
        int place = alternative > 0 ? PlacesOf(views, isLoad: false, word)[alternative] : word.Count;
        Put(processor, views);
        View handedOn = views.Own.With(views.Released);
        Knowledge carried = order == Ordering.Unlock
            ? new Knowledge(handedOn, FenceClock.None)
            : views.Value ?? new Knowledge(views.Acquired, views.Heard);
        Write(processor, word, place, bits, order is Ordering.Release or Ordering.Unlock, carried, attachedTo: null);
        if (order == Ordering.Unlock)
        {
            views = _views[processor];
            Put(processor, views with
            {
                LastUnlock = views.LastUnlock.With(views.Everything),
                HandedOn = views.HandedOn.With(handedOn).With(views.Own),
                UnlockFences = views.UnlockFences.With(views.Heard),
            });
        }
    }

    /// <summary>An atomic operation that reads the newest write.</summary>
    /// <param name="processor">Who makes it.</param>
    /// <param name="cell">The word.</param>
    /// <param name="writes">Whether it succeeds.</param>
    /// <param name="bits">What the word holds afterwards, if it does.</param>
    /// <param name="order">What it orders.</param>
    /// <param name="isLock">Whether it takes a lock.</param>
    internal void Change(int processor, Cell cell, bool writes, long bits, Ordering order, bool isLock)
    {
        WordHistory word = HistoryOf(cell);
        WordWrite read = word.Newest;
        bool isFull = writes && order == Ordering.Usual && !isLock;
        if (isFull)
        {
            Full(processor);
        }

        ProcessorViews views = Read(processor, read, order != Ordering.NoReturn);
        if (isLock)
        {
            views = views with { Released = views.Released.With(read.Carried.Seen).With(views.HandedOn) };
        }

        bool isRelease = order is Ordering.Release or Ordering.Unlock;
        Put(processor, isRelease && _isPower ? Lightweight(views) : views);
        if (!writes)
        {
            return;
        }

        Knowledge carried = order == Ordering.Unlock ? new Knowledge(views.Own.With(views.Released), FenceClock.None)
            : new Knowledge(views.Acquired, views.Heard);
        Write(processor, word, word.Count, bits, isRelease, carried, read);
        if (isLock || order == Ordering.Acquire)
        {
            Put(processor, Acquire(_views[processor], read));
        }

        if (isLock)
        {
            views = _views[processor];
            Put(processor, views with { Current = views.Current.With(views.LastUnlock), Fences = views.Fences.With(views.UnlockFences) });
        }

        if (isFull)
        {
            Full(processor);
        }
    }

    /// <summary>A barrier.</summary>
    internal void Pass(int processor, FenceKind kind)
    {
        ProcessorViews views = _views[processor];
        switch (kind)
        {
            case FenceKind.Full:
                Full(processor);
                break;
            case FenceKind.Read or FenceKind.Write when _isPower:
                Put(processor, Lightweight(views));
                break;
            case FenceKind.Read:
                Put(processor, views with
                {
                    Current = views.Current.With(views.Answered),
                    Fences = views.Fences.With(views.AnsweredFences),
                });
                break;
            case FenceKind.Write:
                Put(processor, views with { Released = views.Released.With(views.Own) });
                break;
            case FenceKind.Depends:
                // The dependency itself is honoured: see NotePointer.
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>A processor that waited goes on: it has switched tasks, and knows what it waited for.</summary>
    internal void Wait(int processor, Cell cell)
    {
        Full(processor);
        AcquireNewest(processor, HistoryOf(cell));
    }

    /// <summary>A poller looks at words as they are now.</summary>
    internal void Look(int processor, WatchSet watch)
    {
        if (!watch.IsReady)
        {
            Full(processor);
        }

        foreach ((Cell cell, long _) in watch.Entries)
        {
            if (cell is { Sort: CellSort.Shared, History: { } word })
            {
                AcquireNewest(processor, word);
            }
        }
    }

    /// <summary>A fiber starts another: that one has seen what the first has.</summary>
    internal void Start(int parent, int child)
    {
        ProcessorViews known = _views[parent];
        View everything = known.Everything;
        Put(child, ProcessorViews.Fresh with
        {
            Current = everything,
            Released = everything,
            Fences = known.Heard,
            Heard = known.Heard,
            AnsweredFences = known.Heard,
        });
    }

    /// <summary>A grace period begins: sections that begin later see what the caller's last full barrier is behind.</summary>
    internal void BeginGracePeriod(int processor)
    {
        Remember(GracesSlot, _graces);
        _graces = _graces.With(_barriers.LastOf(processor));
    }

    /// <summary>A read section begins.</summary>
    internal void EnterSection(int processor)
    {
        ProcessorViews views = _views[processor];
        Put(processor, views with { Fences = views.Fences.With(_graces), Heard = views.Heard.With(_graces) });
    }

    /// <summary>What the next access depends on, of a program whose dependencies are known.</summary>
    /// <param name="processor">Who makes it.</param>
    /// <param name="address">The registers that its address was computed from, as a bit mask.</param>
    /// <param name="value">Those that its address or the stored value was computed from.</param>
    internal void Depend(int processor, ulong address, ulong value) => Put(processor, _views[processor] with
    {
        Address = KnownFrom(_views[processor], address),
        Value = KnownFrom(_views[processor], value),
    });

    /// <summary>A register is computed from others, or takes what was loaded last.</summary>
    /// <param name="processor">Whose register.</param>
    /// <param name="register">Its number.</param>
    /// <param name="from">The registers that it is computed from, as a bit mask; null for the newest load.</param>
    internal void Assign(int processor, int register, ulong? from)
    {
        ProcessorViews views = _views[processor];
        Knowledge known = from is { } registers ? KnownFrom(views, registers) : views.Newest;
        ImmutableArray<Knowledge> all = views.Registers;
        while (all.Length <= register)
        {
            all = all.Add(Knowledge.Nothing);
        }

        Put(processor, views with { Registers = all.SetItem(register, known) });
    }

    private static Knowledge KnownFrom(ProcessorViews views, ulong registers)
    {
        Knowledge known = Knowledge.Nothing;
        for (int i = 0; i < views.Registers.Length; i++)
        {
            known = (registers >> (i & 63) & 1) != 0 ? known.With(views.Registers[i]) : known;
        }

        return known;
    }

    /// <summary>Folds what is not in the cells into an identity.</summary>
    internal ulong Hash()
    {
        ulong hash = ViewHash.Of(_graces);
        foreach (WordHistory word in _words)
        {
            hash += word.Count > 1 ? ViewHash.Of(word) : 0;
        }

        for (int i = 0; i < _views.Length; i++)
        {
            hash = StateHash.Mix(hash, ReferenceEquals(_views[i], ProcessorViews.Fresh) ? 0 : ViewHash.Of(_views[i]));
        }

        return hash;
    }

    internal override void Undo(int slot, long old)
    {
        object replaced = _replaced[^1];
        _replaced.RemoveAt(_replaced.Count - 1);
        if (slot == GracesSlot)
        {
            _graces = (FenceClock)replaced;
        }
        else
        {
            _views[slot] = (ProcessorViews)replaced;
        }
    }

    private static bool CanGoBefore(in PendingOp op)
        => op.Lane.IsWhole && op.Order is Ordering.Usual or Ordering.Relaxed or Ordering.Release;

    private WordHistory HistoryOf(Cell cell)
    {
        if (cell.History is null)
        {
            cell.History = new WordHistory(cell, _words.Count);
            _words.Add(cell.History);
        }

        return cell.History;
    }

    /// <summary>What an access of an object's word knows because the object was found through a pointer.</summary>
    private static Knowledge AddressOf(ProcessorViews views, Cell cell)
    {
        Knowledge known = views.Address ?? Knowledge.Nothing;
        for (MachineObject? owner = cell.Owner; owner is not null && views.Pointers is not null; owner = owner.Whole)
        {
            known = known.With(KnownWith(views, owner.Id));
        }

        return known;
    }

    private static Knowledge KnownWith(ProcessorViews views, long target)
    {
        Knowledge known = Knowledge.Nothing;
        for (LoadedPointer? pointer = views.Pointers; pointer is not null; pointer = pointer.Next)
        {
            known = pointer.Target == target ? known.With(pointer.Known) : known;
        }

        return known;
    }

    /// <summary>What a processor has seen when it stores; POWER's release is lwsync and a store.</summary>
    private ProcessorViews ViewsFor(int processor, Ordering order)
        => _isPower && order is Ordering.Release or Ordering.Unlock ? Lightweight(_views[processor]) : _views[processor];

    private static int LoadFloor(ProcessorViews views, WordHistory word)
        => Math.Max(views.Current.FloorOf(word), AddressOf(views, word.Cell).Seen.FloorOf(word));

    private static int StoreFloor(ProcessorViews views, WordHistory word)
        => Math.Max(views.Current.FloorOf(word), views.Acquired.FloorOf(word));

    /// <summary>Where a load may read, or a store may go, the newest place first.</summary>
    private List<int> PlacesOf(ProcessorViews views, bool isLoad, WordHistory word)
    {
        FenceClock fences = isLoad ? views.Fences.With(AddressOf(views, word.Cell).Fences) : views.Heard;
        fences = isLoad || !_isPower ? fences : fences.With(FullBarriers.Around(FencedBy(views)));
        int floor = Math.Max(isLoad ? LoadFloor(views, word) : StoreFloor(views, word), _barriers.Before(fences).FloorOf(word));
        var places = new List<int>();
        for (int place = isLoad ? word.Count - 1 : word.Count; place >= (isLoad ? floor : floor + 1); place--)
        {
            if (isLoad || place == word.Count || (!word[place].IsAttached && (!_isPower || FitsAt(views, word, place))))
            {
                places.Add(place);
            }
        }

        return places;
    }

    /// <summary>Whether POWER lets a store go before a write: it may close no cycle with what barriers published.</summary>
    private bool FitsAt(ProcessorViews views, WordHistory word, int place)
        => WriteOrder.IsAcyclic(_words, word, place, FencedBy(views));

    private View FencedBy(ProcessorViews views)
        => _isPower ? views.Released.With(views.Chained).With(_barriers.Before(views.Heard)) : View.Empty;

    /// <summary>A processor reads a write.</summary>
    private ProcessorViews Read(int processor, WordWrite write, bool answers)
    {
        ProcessorViews views = _views[processor];
        Knowledge address = AddressOf(views, write.Word.Cell);
        bool isOwn = write.Writer == processor;
        write.Word.See(write, processor, views.Fences.With(address.Fences));
        var known = new Knowledge(
            write.Published.With(address.Seen), isOwn ? address.Fences : write.Fences.With(address.Fences));
        known = isOwn ? known.With(write.Carried) : known;
        if (_isPower && !isOwn && (views.Current.FloorOf(write.Word) > 0 || IsTouched(views, write.Word)))
        {
            // A store of another processor between two accesses to one word orders them (detour, rdw).
            known = known.With(new Knowledge(views.Acquired, views.Heard));
        }

        FenceClock heard = isOwn ? address.Fences : write.Fences.With(address.Fences);
        return views with
        {
            Current = views.Current.With(write),
            Acquired = views.Acquired.With(write.Published),
            Answered = answers ? views.Answered.With(write.Published) : views.Answered,
            Chained = _isPower ? views.Chained.With(write.Fenced) : views.Chained,
            Heard = views.Heard.With(heard),
            AnsweredFences = answers ? views.AnsweredFences.With(heard) : views.AnsweredFences,
            Newest = known,
            Touched = _isPower && write.Place == 0 && !IsTouched(views, write.Word)
                ? new TouchedWord(write.Word, views.Touched) : views.Touched,
            Address = null,
            Value = null,
        };
    }

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
            Writes = views.Writes + 1,
            Address = null,
            Value = null,
        });
    }

    private void AcquireNewest(int processor, WordHistory word)
        => Put(processor, Acquire(Read(processor, word.Newest, answers: true), word.Newest));

    /// <summary>What comes later is behind what a read has seen; an acquiring load of POWER is a load and lwsync.</summary>
    private static ProcessorViews Acquire(ProcessorViews views, WordWrite write, bool isFenced = false) => isFenced
        ? Lightweight(views)
        : views with { Current = views.Current.With(write.Published), Fences = views.Fences.With(write.Fences) };

    /// <summary>lwsync: orders everything but a store before a later load.</summary>
    private static ProcessorViews Lightweight(ProcessorViews views) => views with
    {
        Current = views.Current.With(views.Answered),
        Released = views.Released.With(views.Everything),
        Fences = views.Fences.With(views.AnsweredFences),
    };

    /// <summary>A full barrier: what was seen or stored has reached every processor.</summary>
    private void Full(int processor)
    {
        ProcessorViews views = _views[processor];
        View everything = views.Everything;
        FenceClock fences = views.Heard.With(views.Fences).With(_barriers.Add(processor, everything));
        Put(processor, views with
        {
            Current = everything,
            Released = views.Released.With(everything),
            Fences = fences,
            Heard = fences,
            AnsweredFences = fences,
        });
    }

    private void Put(int processor, ProcessorViews views)
    {
        Remember(processor, _views[processor]);
        _views[processor] = views;
    }

    private void Remember(int slot, object old)
    {
        if (_machine.IsUndoable)
        {
            _machine.RecordUndo(this, slot, 0);
            _replaced.Add(old);
        }
    }

    /// <summary>Owns the word that orders choices.</summary>
    private sealed class ChoiceOrder(SimMachine machine) : MachineObject(machine, "memory");
}
