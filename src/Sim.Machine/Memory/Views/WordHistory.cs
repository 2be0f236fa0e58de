using Sim.Machine.State;

namespace Sim.Machine.Memory.Views;

/// <summary>The writes of a word, in the order in which they reach memory. The newest is what the cell holds.</summary>
internal sealed class WordHistory : Undoable
{
    private const int SeenSlot = -1;

    private readonly SimMachine _machine;
    private readonly List<WordWrite> _writes = [];
    private readonly List<(WordWrite Write, IReadOnlyList<(int, FenceClock)> Seen)> _replaced = [];

    internal WordHistory(Cell cell, int number)
    {
        _machine = cell.Owner.Machine;
        Number = number;
        Cell = cell;
        _writes.Add(new WordWrite(this, -1, 0, cell.Bits));
    }

    /// <summary>The word.</summary>
    internal Cell Cell { get; }

    /// <summary>Which of the machine's words it is.</summary>
    internal int Number { get; }

    internal int Count => _writes.Count;

    internal WordWrite this[int place] => _writes[place];

    internal WordWrite Newest => _writes[^1];

    /// <summary>Puts a write in.</summary>
    internal void Insert(int place, WordWrite write)
    {
        _machine.RecordUndo(this, place, 0);
        write.Place = place;
        _writes.Insert(place, write);
        Move(place + 1, 1);
        if (place == _writes.Count - 1)
        {
            Cell.SetBits(write.Bits);
        }
    }

    /// <summary>A processor reads or makes a write.</summary>
    /// <param name="write">The write.</param>
    /// <param name="processor">Who.</param>
    /// <param name="fences">The full barriers that happen before that.</param>
    internal void See(WordWrite write, int processor, FenceClock fences)
    {
        if (fences.IsNone)
        {
            return;
        }

        FenceClock known = FenceClock.None;
        foreach ((int reader, FenceClock before) in write.Seen)
        {
            known = reader == processor ? before : known;
        }

        FenceClock joined = known.With(fences);
        if (!ReferenceEquals(joined, known))
        {
            if (_machine.IsUndoable)
            {
                _machine.RecordUndo(this, SeenSlot, 0);
                _replaced.Add((write, write.Seen));
            }

            write.Seen = [.. write.Seen.Where(entry => entry.Processor != processor), (processor, joined)];
        }
    }

    internal override void Undo(int slot, long old)
    {
        if (slot == SeenSlot)
        {
            (WordWrite write, IReadOnlyList<(int, FenceClock)> seen) = _replaced[^1];
            _replaced.RemoveAt(_replaced.Count - 1);
            write.Seen = seen;
        }
        else
        {
            _writes.RemoveAt(slot);
            Move(slot, -1);
        }
    }

    private void Move(int from, int by)
    {
        for (int i = from; i < _writes.Count; i++)
        {
            _writes[i].Place += by;
        }
    }
}
