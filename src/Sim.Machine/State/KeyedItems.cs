using System.Diagnostics.CodeAnalysis;

namespace Sim.Machine.State;

/// <summary>
/// Items in an order of their own, each at most once, linked as a ring; a dictionary finds the place of
/// an item. All that does not name a position takes the same time at any length.
/// </summary>
internal sealed class KeyedItems<T>
    where T : MachineObject
{
    /// <summary>The place before the first item and after the last one.</summary>
    private const int Ends = 0;

    private readonly Dictionary<T, int> _places;
    private Entry[] _entries;
    private int _used = 1;
    private int _free;
    private int _cursor;
    private int _cursorIndex = -1;

    internal KeyedItems(int capacity)
    {
        _places = new Dictionary<T, int>(capacity, ById.Instance);
        _entries = new Entry[capacity + 1];
    }

    internal int Count => _places.Count;

    internal T? First => _entries[_entries[Ends].After].Item;

    internal T? Last => _entries[_entries[Ends].Before].Item;

    internal bool Contains(T item) => _places.ContainsKey(item);

    /// <summary>The item after another, or null at the end.</summary>
    /// <returns>False when the other is not there.</returns>
    internal bool TryAfter(T item, out T? next)
    {
        bool found = _places.TryGetValue(item, out int place);
        next = found ? _entries[_entries[place].After].Item : null;
        return found;
    }

    /// <summary>The item at a position. Going on from the position asked for last costs one step.</summary>
    internal T At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        _cursor = PlaceAt(index);
        _cursorIndex = index;
        return _entries[_cursor].Item!;
    }

    /// <summary>Inserts an item before a position; false when it is there already.</summary>
    internal bool TryInsert(int index, T item)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)index, (uint)Count, nameof(index));
        int after = index == Count ? Ends : PlaceAt(index);
        int place = _free != 0 ? _free : _used;
        if (!_places.TryAdd(item, place))
        {
            return false;
        }

        if (after != Ends)
        {
            ForgetCursor();
        }

        if (_free != 0)
        {
            _free = _entries[_free].After;
        }
        else if (_used++ == _entries.Length)
        {
            Array.Resize(ref _entries, _used * 2);
        }

        int before = _entries[after].Before;
        _entries[place] = new Entry { Item = item, Before = before, After = after };
        _entries[before].After = place;
        _entries[after].Before = place;
        return true;
    }

    /// <summary>Takes an item out; false when it is not there.</summary>
    internal bool Remove(T item)
    {
        if (!_places.Remove(item, out int place))
        {
            return false;
        }

        ForgetCursor();
        Entry entry = _entries[place];
        _entries[entry.Before].After = entry.After;
        _entries[entry.After].Before = entry.Before;
        _entries[place] = new Entry { After = _free };
        _free = place;
        return true;
    }

    private int PlaceAt(int index)
    {
        (int place, int steps) = index >= _cursorIndex ? (_cursor, index - _cursorIndex) : (Ends, index + 1);
        if (Count - index < steps)
        {
            place = Ends;
            for (steps = Count - index; steps > 0; steps--)
            {
                place = _entries[place].Before;
            }

            return place;
        }

        for (; steps > 0; steps--)
        {
            place = _entries[place].After;
        }

        return place;
    }

    private void ForgetCursor() => (_cursor, _cursorIndex) = (Ends, -1);

    private struct Entry
    {
        internal T? Item;
        internal int Before;
        internal int After;
    }

    private sealed class ById : IEqualityComparer<T>
    {
        internal static readonly ById Instance = new();

        public bool Equals(T? x, T? y) => ReferenceEquals(x, y);

        public int GetHashCode([DisallowNull] T item) => (int)item.Id ^ (int)(item.Id >> 32);
    }
}
