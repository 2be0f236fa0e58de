namespace Sim.Machine.State;

/// <summary>
/// Parts of an object that are made on first use, found by number. Changes are undone with the step that
/// made them. Making a part is no event: whoever comes first, the part is the same. Removing one is
/// one, and must be ordered with its uses by other means.
/// </summary>
/// <param name="owner">The object the table belongs to.</param>
/// <param name="field">Its name there.</param>
public sealed class MachineTable<T>(MachineObject owner, string field) : Undoable, IIdentified
    where T : MachineObject
{
    private const int Added = 0;
    private const int Taken = 1;

    private readonly ulong _place = StateHash.Mix((ulong)owner.Id, StateHash.OfText(field));
    private readonly Dictionary<long, T> _items = [];
    private readonly Dictionary<(long Key, int Removals), T> _idle = [];
    private readonly Dictionary<long, int> _removals = [];
    private readonly List<T> _taken = [];

    ulong IIdentified.Identity => _place;

    /// <summary>Number of parts.</summary>
    public int Count => _items.Count;

    /// <summary>The parts that there are, in no particular order.</summary>
    public IReadOnlyDictionary<long, T> Items => _items;

    /// <summary>The numbers of the parts in a range, in no particular order; a copy.</summary>
    public IReadOnlyList<long> KeysIn(long from, long end)
    {
        var keys = new List<long>();
        if ((ulong)(end - from) <= (ulong)_items.Count)
        {
            for (long key = from; key < end; key++)
            {
                if (_items.ContainsKey(key))
                {
                    keys.Add(key);
                }
            }

            return keys;
        }

        keys.AddRange(_items.Keys.Where(key => key >= from && key < end));
        return keys;
    }

    /// <summary>The lowest number of a part in a range, or -1.</summary>
    public long FirstKey(long from, long end)
    {
        long first = -1;
        foreach (long key in _items.Keys)
        {
            if (key >= from && key < end && (first < 0 || key < first))
            {
                first = key;
            }
        }

        return first;
    }

    /// <summary>The part of a number, or null.</summary>
    public T? Find(long key) => _items.GetValueOrDefault(key);

    /// <summary>
    /// A part that was made before and whose making was undone since: it is as it was when it was new.
    /// </summary>
    public T? FindIdle(long key) => _idle.GetValueOrDefault((key, RemovalsOf(key)));

    /// <summary>How often a part of that number was removed: what tells a new one from the old. Not counted in direct mode.</summary>
    public int RemovalsOf(long key) => _removals.GetValueOrDefault(key);

    /// <summary>Enters a part; there is none of that number.</summary>
    public void Add(long key, T item)
    {
        _items.Add(key, item);
        _idle.Remove((key, RemovalsOf(key)));
        owner.Machine.RecordUndo(this, Added, key);
        owner.Machine.Heap.Change(PlaceOf(key), 0, item.Id);
    }

    /// <summary>Takes a part out; null when there is none.</summary>
    public T? Remove(long key)
    {
        if (!_items.Remove(key, out T? item) || owner.Machine.IsDirect)
        {
            return item;
        }

        _removals[key] = RemovalsOf(key) + 1;
        if (owner.Machine.IsUndoable)
        {
            _taken.Add(item);
        }

        owner.Machine.RecordUndo(this, Taken, key);
        owner.Machine.Heap.Change(PlaceOf(key), item.Id, 0);
        return item;
    }

    internal override void Undo(int slot, long key)
    {
        if (slot == Added)
        {
            _items.Remove(key, out T? item);
            _idle[(key, RemovalsOf(key))] = item!;
        }
        else
        {
            _items.Add(key, _taken[^1]);
            _taken.RemoveAt(_taken.Count - 1);
            _removals[key]--;
        }
    }

    private ulong PlaceOf(long key) => StateHash.Mix(_place, (ulong)key);
}
