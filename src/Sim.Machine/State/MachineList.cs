using Sim.Machine.Processors;

namespace Sim.Machine.State;

/// <summary>
/// An ordered collection of objects, owned by the machine: changes are undone with the step that made
/// them. Like a guarded cell, it is no scheduling point and is checked on every access.
/// </summary>
/// <param name="owner">The object the list belongs to.</param>
/// <param name="field">Its name there.</param>
/// <param name="guardian">What protects it; null when only the order of accesses does.</param>
public sealed class MachineList<T>(MachineObject owner, string field, IGuardian? guardian)
    : Undoable, IIdentified
    where T : MachineObject
{
    private readonly Guarded<long> _version = new(owner, field, guardian);
    private readonly List<T> _items = [];
    private readonly List<T> _removed = [];

    ulong IIdentified.Identity => _version.Place;

    /// <summary>Number of items, for observers.</summary>
    public int PeekCount => _items.Count;

    /// <summary>Number of items.</summary>
    public int Count(Cpu cpu)
    {
        Guard.Check(cpu, _version, guardian, false);
        return _items.Count;
    }

    /// <summary>The item at a position.</summary>
    public T At(Cpu cpu, int index)
    {
        Guard.Check(cpu, _version, guardian, false);
        return _items[index];
    }

    /// <summary>Whether an item is in the list.</summary>
    public bool Contains(Cpu cpu, T item)
    {
        Guard.Check(cpu, _version, guardian, false);
        return _items.Contains(item);
    }

    /// <summary>The item at a position, for observers.</summary>
    public T PeekAt(int index) => _items[index];

    /// <summary>Whether an object is in the list, for observers.</summary>
    public bool PeekContains(MachineObject item) => item is T typed && _items.Contains(typed);

    /// <summary>Appends an item.</summary>
    public void Add(Cpu cpu, T item) => Insert(cpu, _items.Count, item);

    /// <summary>Inserts an item before a position.</summary>
    public void Insert(Cpu cpu, int index, T item)
    {
        Guard.Check(cpu, _version, guardian, true);
        owner.Machine.RecordUndo(this, index, 1);
        _items.Insert(index, item);
        Guard.Put(cpu, _version, ContentHash());
    }

    /// <summary>Takes an item out; false when it is not there.</summary>
    public bool Remove(Cpu cpu, T item)
    {
        int index = _items.IndexOf(item);
        if (index < 0)
        {
            Guard.Check(cpu, _version, guardian, false);
            return false;
        }

        Guard.Check(cpu, _version, guardian, true);
        owner.Machine.RecordUndo(this, index, 0);
        if (!owner.Machine.IsDirect)
        {
            _removed.Add(item);
        }

        _items.RemoveAt(index);
        Guard.Put(cpu, _version, ContentHash());
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
            _items.Insert(slot, _removed[^1]);
            _removed.RemoveAt(_removed.Count - 1);
        }
    }

    /// <summary>What the version cell holds: equal for equal content, 0 for none.</summary>
    private long ContentHash()
    {
        ulong hash = 0;
        foreach (T item in _items)
        {
            hash = StateHash.Mix(hash, (ulong)item.Id);
        }

        return (long)hash;
    }
}
