namespace Sim.Machine.State;

/// <summary>
/// Finds objects by identity. The identity of an object is made of the fiber that allocated it and a
/// count of that fiber's allocations, so that independent fibers do not disturb each other's names.
/// In direct mode it only counts: words that point hold the references, and an object lives as long as
/// somebody can reach it.
/// </summary>
internal sealed class ObjectTable(SimMachine machine) : Undoable
{
    private const int SequenceBits = 20;
    private readonly List<List<MachineObject>> _byAllocator = [[]];
    private long _count;

    /// <summary>Enters a new object and gives its identity; undone with the step that allocates.</summary>
    internal long Add(MachineObject item)
    {
        if (machine.IsDirect)
        {
            return ++_count;
        }

        int allocator = machine.CurrentProcess + 1;
        while (_byAllocator.Count <= allocator)
        {
            _byAllocator.Add([]);
        }

        List<MachineObject> list = _byAllocator[allocator];
        machine.RecordUndo(this, allocator, list.Count);
        list.Add(item);
        return ((long)allocator << SequenceBits) | (uint)list.Count;
    }

    /// <summary>The object of an identity; null for 0.</summary>
    internal MachineObject? Find(long id)
        => id == 0 ? null : _byAllocator[(int)(id >> SequenceBits)][(int)(id & ((1 << SequenceBits) - 1)) - 1];

    /// <summary>All objects, by allocator and age.</summary>
    internal IEnumerable<MachineObject> All => _byAllocator.SelectMany(list => list);

    internal override void Undo(int slot, long old)
    {
        List<MachineObject> list = _byAllocator[slot];
        list.RemoveRange((int)old, list.Count - (int)old);
    }
}
