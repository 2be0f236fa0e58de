namespace Sim.Machine.State;

/// <summary>Items side by side; an empty one takes no memory of its own.</summary>
internal struct ItemArray<T>()
    where T : MachineObject
{
    private T[] _items = [];

    internal int Count { get; private set; }

    internal readonly T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _items[index];
        }
    }

    internal readonly ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    internal readonly int IndexOf(T item)
    {
        for (int i = 0; i < Count; i++)
        {
            if (ReferenceEquals(_items[i], item))
            {
                return i;
            }
        }

        return -1;
    }

    internal void Insert(int index, T item)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)index, (uint)Count, nameof(index));
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(2, Count * 2));
        }

        Array.Copy(_items, index, _items, index + 1, Count - index);
        _items[index] = item;
        Count++;
    }

    internal void RemoveAt(int index)
    {
        Count--;
        Array.Copy(_items, index + 1, _items, index, Count - index);
        _items[Count] = null!;
    }

    internal void Clear() => (_items, Count) = ([], 0);
}
