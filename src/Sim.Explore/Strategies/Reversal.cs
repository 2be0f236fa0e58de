using Sim.Machine;
using Sim.Machine.Processors;
using Sim.Machine.Races;

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
                Push(k, _history.FootprintOf(k), false);
            }
        }

        Push(second, ReversedFootprint(first, second), chained);
        Count = _count;
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
    }

    /// <summary>All positions, including those taken out.</summary>
    internal int Length => _count;

    private bool CommutesUpTo(in Footprint footprint, int end)
    {
        for (int i = 0; i < end; i++)
        {
            ref Entry entry = ref _entries[i];
            if (!entry.Removed && entry.Footprint.Conflicts(footprint, machine.FlusherBase))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// What the second event touches when the first has not happened: a compare-and-exchange may
    /// succeed that failed, or the other way round.
    /// </summary>
    private Footprint ReversedFootprint(int first, int second)
    {
        Footprint footprint = _history.FootprintOf(second);
        PendingOp op = _history.Events[second].Op;
        return op.Kind == OpKind.Rmw
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
        internal bool Chained;
        internal bool Removed;
    }
}
