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
internal sealed partial class ViewMemory : Undoable
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
        Knowledge known = views.Program?.Address.Begun ?? Knowledge.Nothing;
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

    private void AcquireNewest(int processor, WordHistory word)
        => Put(processor, Behind(Read(processor, word.Newest, answers: true), word.Newest));

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
