using Sim.Machine.Ops;

namespace Sim.Machine.State;

/// <summary>A word-addressed piece of machine state that knows how to take a write back.</summary>
[MachineOwned]
public abstract class Undoable
{
    /// <summary>Puts the earlier content back.</summary>
    /// <param name="slot">Which word of the object.</param>
    /// <param name="old">What the word held.</param>
    internal abstract void Undo(int slot, long old);
}

/// <summary>Every write to machine state in order, so that the newest can be taken back first.</summary>
internal sealed class UndoLog
{
    private Entry[] _entries = new Entry[1024];

    /// <summary>Number of writes recorded; a mark for <see cref="RollBack"/>.</summary>
    internal int Mark { get; private set; }

    /// <summary>Records that a word is about to change.</summary>
    internal void Record(Undoable target, int slot, long old)
    {
        if (Mark == _entries.Length)
        {
            Array.Resize(ref _entries, Mark * 2);
        }

        ref Entry entry = ref _entries[Mark++];
        entry.Target = target;
        entry.Slot = slot;
        entry.Old = old;
    }

    /// <summary>Takes back every write since <paramref name="mark"/>.</summary>
    internal void RollBack(int mark)
    {
        while (Mark > mark)
        {
            ref Entry entry = ref _entries[--Mark];
            entry.Target.Undo(entry.Slot, entry.Old);
        }
    }

    private struct Entry
    {
        internal Undoable Target;
        internal long Old;
        internal int Slot;
    }
}
