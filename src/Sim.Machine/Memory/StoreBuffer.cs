using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Machine.Memory;

/// <summary>
/// The FIFO store buffer of one x86-TSO processor. Entries never move while an execution lasts, so
/// that taking back a push or a flush is a change of one index.
/// </summary>
internal sealed class StoreBuffer(SimMachine machine) : Undoable
{
    private const int HeadSlot = 0;
    private const int TailSlot = 1;
    private const int ForwardedSlot = 2;

    private Entry[] _entries = new Entry[32];
    private int _head;
    private int _tail;

    internal bool IsEmpty => _head == _tail;

    /// <summary>The oldest store: the next that reaches memory.</summary>
    internal ref readonly Entry Oldest => ref _entries[_head];

    /// <summary>Number of stores that wait.</summary>
    internal int Count => _tail - _head;

    /// <summary>Appends a store made by event <paramref name="storeEvent"/>.</summary>
    internal void Push(
        Cell cell, long bits, int storeEvent, int epoch, long mask = -1, bool isAddition = false)
    {
        if (_tail == _entries.Length)
        {
            Array.Resize(ref _entries, _tail * 2);
        }

        machine.RecordUndo(this, TailSlot, _tail);
        _entries[_tail++] = new Entry
        {
            Cell = cell,
            Bits = bits,
            StoreEvent = storeEvent,
            Epoch = epoch,
            Forwarded = -1,
            Mask = mask,
            IsAddition = isAddition,
        };
    }

    /// <summary>Takes the oldest store out.</summary>
    /// <param name="flushEvent">The event in which it reaches memory.</param>
    internal void Pop(int flushEvent)
    {
        _entries[_head].FlushEvent = flushEvent;
        machine.RecordUndo(this, HeadSlot, _head);
        _head++;
    }

    /// <summary>The newest waiting store to a cell, or -1.</summary>
    internal int Find(Cell cell)
    {
        for (int i = _tail - 1; i >= _head; i--)
        {
            if (ReferenceEquals(_entries[i].Cell, cell))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>How many stores to a cell wait.</summary>
    internal int CountOf(Cell cell)
    {
        int count = 0;
        for (int i = _head; i < _tail; i++)
        {
            count += ReferenceEquals(_entries[i].Cell, cell) ? 1 : 0;
        }

        return count;
    }

    internal long BitsAt(int index) => _entries[index].Bits;

    /// <summary>
    /// Whether the newest waiting change of a cell cannot serve a load: an addition, whose sum nobody
    /// knows yet, or a store to other bytes than those that are read.
    /// </summary>
    internal bool HoldsUp(Cell cell, Lane lane)
    {
        int waiting = Find(cell);
        return waiting >= 0 && !_entries[waiting].Serves(lane);
    }

    /// <summary>
    /// The event in which the newest change of a cell reached memory, if a load of it had to wait for
    /// that, or -1.
    /// </summary>
    internal int HeldUpBy(Cell cell, Lane lane)
    {
        for (int i = _tail - 1; i >= 0; i--)
        {
            if (ReferenceEquals(_entries[i].Cell, cell))
            {
                return i < _head && !_entries[i].Serves(lane) ? _entries[i].FlushEvent : -1;
            }
        }

        return -1;
    }

    /// <summary>The newest load that took its value from the entry, as a list through the history.</summary>
    internal int ForwardedAt(int index) => _entries[index].Forwarded;

    internal void SetForwarded(int index, int record)
    {
        machine.RecordUndo(this, ForwardedSlot + index, _entries[index].Forwarded);
        _entries[index].Forwarded = record;
    }

    /// <summary>Folds the waiting stores into an identity hash.</summary>
    internal ulong Hash(ulong hash)
    {
        for (int i = _head; i < _tail; i++)
        {
            ulong place = _entries[i].IsAddition ? ~_entries[i].Cell.Place : _entries[i].Cell.Place;
            hash = StateHash.Mix(hash, StateHash.At(place, _entries[i].Bits) + ~(ulong)_entries[i].Mask);
        }

        return StateHash.Mix(hash, (ulong)(_tail - _head));
    }

    internal override void Undo(int slot, long old)
    {
        switch (slot)
        {
            case HeadSlot:
                _head = (int)old;
                break;
            case TailSlot:
                _tail = (int)old;
                break;
            default:
                _entries[slot - ForwardedSlot].Forwarded = (int)old;
                break;
        }
    }

    internal struct Entry
    {
        internal Cell Cell;
        internal long Bits;
        internal int StoreEvent;
        internal int FlushEvent;

        /// <summary>How far the process was when it made the store.</summary>
        internal int Epoch;
        internal int Forwarded;
        internal bool IsAddition;

        /// <summary>The bytes that a store writes; its bits are zero elsewhere.</summary>
        internal long Mask;

        /// <summary>Whether a load of these bytes can be answered from here.</summary>
        internal readonly bool Serves(Lane lane) => !IsAddition && (lane.Mask & ~Mask) == 0;

        /// <summary>What the word holds once the change has reached memory.</summary>
        internal readonly long Result(long old) => IsAddition ? Cell.Wrap(old + Bits) : (old & ~Mask) | Bits;
    }
}
