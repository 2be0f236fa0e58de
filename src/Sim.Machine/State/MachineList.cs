using Sim.Machine.Processors;

namespace Sim.Machine.State;

/// <summary>
/// An ordered collection of objects, owned by the machine: changes are undone with the step that made
/// them. Like a guarded cell, it is no scheduling point and is checked on every access. In direct mode
/// whatever does not name a position takes the same time at any length, as long as no item is in the
/// list twice.
/// </summary>
public sealed class MachineList<T> : Undoable, IIdentified
    where T : MachineObject
{
    /// <summary>In direct mode, how long a list is searched from end to end before its items get keys.</summary>
    private const int Longest = 16;

    private readonly MachineObject _owner;
    private readonly IGuardian? _guardian;

    /// <summary>Stands for the list in checks and state hashes; null in direct mode, which has neither.</summary>
    private readonly Guarded<long>? _version;
    private ItemArray<T> _items = new();

    /// <summary>The items instead, of a long list in direct mode.</summary>
    private KeyedItems<T>? _keyed;

    /// <summary>Items that an undo may bring back.</summary>
    private List<T>? _removed;

    /// <summary>Makes an empty list.</summary>
    /// <param name="owner">The object the list belongs to.</param>
    /// <param name="field">Its name there.</param>
    /// <param name="guardian">What protects it; null when only the order of accesses does.</param>
    public MachineList(MachineObject owner, string field, IGuardian? guardian)
    {
        _owner = owner;
        _guardian = guardian;
        _version = owner.Machine.IsDirect ? null : new Guarded<long>(owner, field, guardian);
    }

    ulong IIdentified.Identity => _version?.Place ?? 0;

    /// <summary>Number of items, for observers.</summary>
    public int PeekCount => _keyed?.Count ?? _items.Count;

    /// <summary>The item at a position, for observers.</summary>
    public T PeekAt(int index) => _keyed is null ? _items[index] : _keyed.At(index);

    /// <summary>The items of a short list in order, for paths that are measured; see <see cref="StaysShort"/>.</summary>
    public ReadOnlySpan<T> PeekItems => _items.Items;

    /// <summary>
    /// Whether the list is walked by position, and so keeps no keys in direct mode however long it gets: adding is
    /// as fast, taking out takes time with the length.
    /// </summary>
    public bool StaysShort { get; init; }

    /// <summary>Whether an object is in the list, for observers.</summary>
    public bool PeekContains(MachineObject item)
        => item is T typed && (_keyed?.Contains(typed) ?? _items.IndexOf(typed) >= 0);

    /// <summary>Number of items.</summary>
    public int Count(Cpu cpu)
    {
        Check(cpu, false);
        return PeekCount;
    }

    /// <summary>Whether there is no item.</summary>
    public bool IsEmpty(Cpu cpu) => Count(cpu) == 0;

    /// <summary>The item at a position. Prefer <see cref="First"/> and <see cref="After"/>.</summary>
    public T At(Cpu cpu, int index)
    {
        Check(cpu, false);
        return PeekAt(index);
    }

    /// <summary>The first item, or null.</summary>
    public T? First(Cpu cpu)
    {
        Check(cpu, false);
        return _keyed is not null ? _keyed.First : _items.Count > 0 ? _items[0] : null;
    }

    /// <summary>The last item, or null.</summary>
    public T? Last(Cpu cpu)
    {
        Check(cpu, false);
        return _keyed is not null ? _keyed.Last : _items.Count > 0 ? _items[_items.Count - 1] : null;
    }

    /// <summary>The item after another, or null at the end.</summary>
    /// <param name="cpu">Who asks.</param>
    /// <param name="item">An item of the list; where it is there twice, its first place counts.</param>
    /// <exception cref="InvalidOperationException">The item is not in the list.</exception>
    public T? After(Cpu cpu, T item)
    {
        Check(cpu, false);
        T? next = null;
        int index = _keyed is null ? _items.IndexOf(item) : -1;
        bool found = _keyed?.TryAfter(item, out next) ?? index >= 0;
        if (!found)
        {
            throw new InvalidOperationException($"{item} is not in this list of {_owner}");
        }

        return index >= 0 && index + 1 < _items.Count ? _items[index + 1] : next;
    }

    /// <summary>Whether an item is in the list.</summary>
    public bool Contains(Cpu cpu, T item)
    {
        Check(cpu, false);
        return PeekContains(item);
    }

    /// <summary>Appends an item.</summary>
    public void Add(Cpu cpu, T item) => Insert(cpu, PeekCount, item);

    /// <summary>Puts an item before all others.</summary>
    public void AddFirst(Cpu cpu, T item) => Insert(cpu, 0, item);

    /// <summary>Inserts an item before a position.</summary>
    public void Insert(Cpu cpu, int index, T item)
    {
        Check(cpu, true);
        if (_version is null)
        {
            InsertDirect(index, item);
            return;
        }

        _owner.Machine.RecordUndo(this, index, 1);
        _items.Insert(index, item);
        NoteChange(cpu);
    }

    /// <summary>Takes an item out; false when it is not there.</summary>
    public bool Remove(Cpu cpu, T item)
    {
        if (_version is null)
        {
            return RemoveDirect(item);
        }

        int index = _items.IndexOf(item);
        Check(cpu, index >= 0);
        if (index < 0)
        {
            return false;
        }

        _owner.Machine.RecordUndo(this, index, 0);
        (_removed ??= []).Add(item);
        _items.RemoveAt(index);
        NoteChange(cpu);
        return true;
    }

    internal override void Undo(int slot, long inserted)
    {
        if (inserted != 0)
        {
            _items.RemoveAt(slot);
        }
        else
        {
            _items.Insert(slot, _removed![^1]);
            _removed.RemoveAt(_removed.Count - 1);
        }
    }

    private void Check(Cpu cpu, bool write)
    {
        if (_version is not null)
        {
            Guard.Check(cpu, _version, _guardian, write);
        }
    }

    private void InsertDirect(int index, T item)
    {
        if (_keyed is null && !StaysShort && _items.Count >= Longest)
        {
            _keyed = Keyed();
        }

        if (_keyed is not null)
        {
            if (_keyed.TryInsert(index, item))
            {
                return;
            }

            Unkey();
        }

        _items.Insert(index, item);
    }

    private bool RemoveDirect(T item)
    {
        if (_keyed is null)
        {
            int index = _items.IndexOf(item);
            if (index >= 0)
            {
                _items.RemoveAt(index);
            }

            return index >= 0;
        }

        bool found = _keyed.Remove(item);
        if (_keyed.Count <= Longest / 2)
        {
            Unkey();
        }

        return found;
    }

    /// <summary>Moves the items to where each has a key; null when one is there twice.</summary>
    private KeyedItems<T>? Keyed()
    {
        var keyed = new KeyedItems<T>(_items.Count * 2);
        foreach (T item in _items.Items)
        {
            if (!keyed.TryInsert(keyed.Count, item))
            {
                return null;
            }
        }

        _items.Clear();
        return keyed;
    }

    private void Unkey()
    {
        for (int i = 0; i < _keyed!.Count; i++)
        {
            _items.Insert(i, _keyed.At(i));
        }

        _keyed = null;
    }

    /// <summary>
    /// Brings the version up to date where state hashes are wanted: it is equal for equal content, and 0
    /// for none.
    /// </summary>
    private void NoteChange(Cpu cpu)
    {
        if (!_owner.Machine.Heap.IsWanted)
        {
            return;
        }

        ulong hash = 0;
        foreach (T item in _items.Items)
        {
            hash = StateHash.Mix(hash, (ulong)item.Id);
        }

        Guard.Put(cpu, _version!, (long)hash);
    }
}
