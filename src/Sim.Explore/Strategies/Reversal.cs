using Sim.Machine;
using Sim.Machine.Processors;
using Sim.Machine.Races;
using Sim.Machine.State;

namespace Sim.Explore.Strategies;

/// <summary>
/// The steps that, taken instead of the first event of a race, reverse it: what does not happen after
/// that event, in order, and then the second event. They are a partial order; its first elements are
/// the processes that could begin it.
/// </summary>
internal sealed class Reversal(SimMachine machine)
{
    private readonly History _history = machine.History;
    private readonly ushort[] _first = new ushort[machine.History.Lanes];
    private Entry[] _entries = new Entry[64];
    private int _count;

    /// <summary>Number of steps that are left.</summary>
    internal int Count { get; private set; }

    internal ref Entry this[int index] => ref _entries[index];

    /// <summary>Collects the steps that reverse a race.</summary>
    /// <param name="first">The event to come later.</param>
    /// <param name="second">The event to come earlier.</param>
    /// <param name="end">Number of events of the execution to consider.</param>
    /// <param name="chained">Whether the second event waited for the first one's effect to end.</param>
    internal void Build(int first, int second, int end, bool chained)
    {
        ref readonly Event early = ref _history.Events[first];
        (int process, int sequence) = (early.Process, early.Sequence);
        _count = 0;
        for (int k = first + 1; k < end; k++)
        {
            if (k != second && _history.Clock(k)[process] < sequence)
            {
                Push(k, Moved(_history.FootprintOf(k), k, first, second), false);
            }
        }

        // What its own processor read of a flush is no longer ordered before what overwrote it.
        bool isFlush = process >= machine.FlusherBase;
        Push(second, Moved(ReversedFootprint(first, second), second, first, second), chained || isFlush);
        Count = _count;
    }

    /// <summary>Tells reversals of one level apart: those with the same steps in the same order are the same.</summary>
    internal ulong Identity(int level)
    {
        ulong hash = StateHash.Mix((ulong)level, (ulong)_count);
        for (int i = 0; i < _count; i++)
        {
            hash = StateHash.Mix(hash, ((ulong)_entries[i].Process << 1) | (_entries[i].Chained ? 1UL : 0));
        }

        return hash;
    }

    /// <summary>Position of the first step of a process that is left, or -1.</summary>
    internal int FirstOf(int process)
    {
        for (int i = 0; i < _count; i++)
        {
            if (!_entries[i].Removed && _entries[i].Process == process)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Whether no step that is left has to come before the one at <paramref name="position"/>.</summary>
    private bool IsInitial(int position)
    {
        Array.Fill(_first, ushort.MaxValue);
        for (int i = 0; i < position; i++)
        {
            ref Entry entry = ref _entries[i];
            if (!entry.Removed && _first[entry.Process] == ushort.MaxValue)
            {
                _first[entry.Process] = (ushort)_history.Events[entry.Event].Sequence;
            }
        }

        ref Entry candidate = ref _entries[position];
        ReadOnlySpan<ushort> clock = candidate.Chained
            ? _history.ClockWithoutChain(candidate.Event)
            : _history.Clock(candidate.Event);
        if (AnyReached(clock, candidate.Process))
        {
            return false;
        }

        return !candidate.Chained || CommutesUpTo(candidate.Footprint, position);
    }

    /// <summary>Whether the reversal, or one equivalent to it, can begin with a process.</summary>
    /// <param name="process">The process.</param>
    /// <param name="footprint">What its next step touches, if it has none in the reversal.</param>
    internal bool CanBeginWith(int process, in Footprint footprint)
    {
        int position = FirstOf(process);
        return position >= 0 ? IsInitial(position) : CommutesUpTo(footprint, _count);
    }

    /// <summary>Takes a step out.</summary>
    internal void Remove(int position)
    {
        _entries[position].Removed = true;
        Count--;
        Precede(_entries[position].Footprint, position);
    }

    /// <summary>A step comes before all that are left: loads of its own processor find a flush done.</summary>
    internal void Precede(in Footprint step) => Precede(step, _count);

    private void Precede(in Footprint step, int end)
    {
        for (int i = 0; i < end; i++)
        {
            ref Footprint load = ref _entries[i].Footprint;
            if (load.Waiting > 0 && IsOwnFlush(load, step))
            {
                load = load with { Waiting = load.Waiting - 1 };
            }
        }
    }

    /// <summary>A copy of the steps, for trying something.</summary>
    internal Entry[] Save() => _entries[.._count];

    /// <summary>Takes back what was done since the copy was made.</summary>
    internal void Restore(Entry[] saved)
    {
        saved.CopyTo(_entries, 0);
        Count = saved.Count(entry => !entry.Removed);
    }

    /// <summary>All positions, including those taken out.</summary>
    internal int Length => _count;

    private bool CommutesUpTo(Footprint footprint, int end)
    {
        for (int i = 0; i < end; i++)
        {
            ref Entry entry = ref _entries[i];
            if (!entry.Removed && footprint.Waiting > 0 && IsOwnFlush(footprint, entry.Footprint))
            {
                footprint = footprint with { Waiting = footprint.Waiting - 1 };
            }
            else if (!entry.Removed && entry.Footprint.Conflicts(footprint, machine.FlusherBase))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsOwnFlush(in Footprint load, in Footprint flush)
        => flush.Process == load.Process + machine.FlusherBase && flush.Cell!.Is(load.Cell);

    /// <summary>
    /// What a step touches where it stands among those that reverse the race: a load that is now before
    /// a flush of its own processor is served from the buffer.
    /// </summary>
    private Footprint Moved(in Footprint footprint, int index, int first, int second)
    {
        ref readonly Event e = ref _history.Events[index];
        if (!machine.BuffersStores || e.Op.Kind != OpKind.Load || e.Op.Guard != GuardKind.None)
        {
            return footprint;
        }

        int waiting = footprint.Waiting;
        ref readonly Event early = ref _history.Events[first];
        for (int k = first; k < index; k++)
        {
            bool isLater = k == first || k == second || _history.Clock(k)[early.Process] >= early.Sequence;
            if (isLater && IsOwnFlush(footprint, _history.FootprintOf(k)))
            {
                waiting++;
            }
        }

        return footprint with { Waiting = waiting };
    }

    /// <summary>
    /// What the second event touches when the first has not happened: a compare-and-exchange may
    /// succeed that failed, or the other way round. One with several ways may do either.
    /// </summary>
    private Footprint ReversedFootprint(int first, int second)
    {
        Footprint footprint = _history.FootprintOf(second);
        PendingOp op = _history.Events[second].Op;
        return op.Kind == OpKind.Rmw && !_history.Events[second].HasWays
            ? new Footprint(footprint.Process, footprint.Cell, op.Writes(_history.OldOf(first, op.Cell!)), null)
            : footprint;
    }

    private void Push(int index, in Footprint footprint, bool chained)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
        }

        ref readonly Event e = ref _history.Events[index];
        ref Entry entry = ref _entries[_count++];
        entry.Event = index;
        entry.Process = e.Process;
        entry.Alternative = e.Alternative;
        entry.Alternatives = e.Op.Kind == OpKind.Choose ? e.Op.Alternatives : 1;
        entry.Footprint = footprint;
        entry.Chained = chained;
        entry.Removed = false;
    }

    /// <summary>Whether an earlier step, of any other process, is known to a clock.</summary>
    private bool AnyReached(ReadOnlySpan<ushort> clock, int process)
    {
        if (_first[process] != ushort.MaxValue)
        {
            return true;
        }

        return VectorClock.ReachesAny(clock, _first);
    }

    internal struct Entry
    {
        internal Footprint Footprint;
        internal int Event;
        internal int Process;
        internal int Alternative;
        internal int Alternatives;
        internal bool Chained;
        internal bool Removed;
    }
}
