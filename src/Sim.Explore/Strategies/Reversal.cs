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
internal sealed partial class Reversal(SimMachine machine)
{
    private readonly History _history = machine.History;

    /// <summary>The sequence number of each process's first step that is left, or as much as there is.</summary>
    private readonly ushort[] _first = new ushort[machine.History.Lanes];
    private readonly int[] _firstOf = new int[machine.History.Lanes];
    private readonly int[] _lastOf = new int[machine.History.Lanes];
    private Entry[] _entries = new Entry[64];
    private int _count;

    /// <summary>The processes of the steps that are left, as a bit mask.</summary>
    private ulong _processes;

    /// <summary>Position of the first step that is left.</summary>
    private int _begin;

    /// <summary>Whether the second event changes its cell if the first has not happened.</summary>
    private bool _lastWrites;

    /// <summary>Number of steps that are left.</summary>
    internal int Count { get; private set; }

    /// <summary>All positions, including those taken out.</summary>
    internal int Length => _count;

    /// <summary>Collects the steps that reverse a race.</summary>
    /// <param name="first">The event to come later.</param>
    /// <param name="second">The event to come earlier.</param>
    /// <param name="end">Number of events of the execution to consider.</param>
    /// <param name="chained">Whether the second event waited for the first one's effect to end.</param>
    internal void Build(int first, int second, int end, bool chained)
    {
        ReadOnlySpan<Event> events = _history.Events;
        (int process, int sequence) = (events[first].Process, events[first].Sequence);
        Begin();
        for (int k = first + 1; k < end; k++)
        {
            if (k != second && !_history.Knows(k, process, sequence))
            {
                Push(k, in events[k], false);
            }
        }

        // What its own processor read of a flush is no longer ordered before what overwrote it.
        bool isFlush = process >= machine.FlusherBase;
        Push(second, in events[second], chained || isFlush);
        _lastWrites = WritesReversed(first, second);
        Count = _count;
        if (machine.BuffersStores)
        {
            CountWaiting(first, second);
        }
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
    internal int FirstOf(int process) => (_processes & (1UL << process)) != 0 ? _firstOf[process] : -1;

    /// <summary>Whether the step at a position is left.</summary>
    internal bool IsLeft(int position) => !_entries[position].Removed;

    /// <summary>Which of the execution's events the step at a position is.</summary>
    internal int IndexAt(int position) => _entries[position].Event;

    /// <summary>The executed step at a position.</summary>
    internal ref readonly Event EventAt(int position) => ref _history.Events[_entries[position].Event];

    /// <summary>What the step at a position touches when it is its turn.</summary>
    internal Footprint FootprintAt(int position)
    {
        ref readonly Entry entry = ref _entries[position];
        Footprint footprint = _history.FootprintOf(entry.Event);
        return position == _count - 1 && IsAtomic(in _history.Events[entry.Event])
            ? new Footprint(footprint.Process, footprint.Cell, _lastWrites, null)
            : footprint with { Waiting = entry.Waiting };
    }

    /// <summary>Whether the reversal, or one equivalent to it, can begin with a process.</summary>
    /// <param name="process">The process.</param>
    /// <param name="footprint">What its next step touches, if it has none in the reversal.</param>
    internal bool CanBeginWith(int process, in Footprint footprint)
    {
        int position = FirstOf(process);
        return position >= 0 ? IsInitial(position) : CommutesUpTo(in footprint, _count);
    }

    /// <summary>Takes the first step of a process out.</summary>
    internal void Remove(int position)
    {
        ref Entry entry = ref _entries[position];
        entry.Removed = true;
        Count--;
        SetFirst(entry.Process, entry.Next);
        while (_begin < _count && _entries[_begin].Removed)
        {
            _begin++;
        }

        if (machine.BuffersStores)
        {
            Precede(FootprintAt(position), position);
        }
    }

    /// <summary>A copy of the steps, for trying something.</summary>
    internal Entry[] Save() => _entries[.._count];

    /// <summary>Takes back what was done since the copy was made.</summary>
    internal void Restore(Entry[] saved)
    {
        Begin();
        Count = 0;
        foreach (Entry entry in saved)
        {
            _entries[_count] = entry;
            if (!entry.Removed)
            {
                Link(_count, _history.Events[entry.Event].Sequence);
                Count++;
            }

            _count++;
        }
    }

    /// <summary>Whether no step that is left has to come before the one at <paramref name="position"/>, the first of its process.</summary>
    private bool IsInitial(int position)
    {
        ref readonly Entry candidate = ref _entries[position];
        if (position == _begin)
        {
            return true;
        }

        ReadOnlySpan<ushort> clock = candidate.Chained
            ? _history.ClockWithoutChain(candidate.Event)
            : _history.Clock(candidate.Event);
        ref ushort own = ref _first[candidate.Process];
        ushort sequence = own;
        own = ushort.MaxValue;
        bool waits = VectorClock.ReachesAny(clock, _first);
        own = sequence;
        return !waits && (!candidate.Chained || CommutesUpTo(FootprintAt(position), position));
    }

    private bool CommutesUpTo(in Footprint footprint, int end)
    {
        if (machine.BuffersStores || footprint.Many is not null)
        {
            return CommutesWithAll(footprint, end);
        }

        ReadOnlySpan<Event> events = _history.Events;
        for (int i = _begin; i < end; i++)
        {
            ref readonly Entry entry = ref _entries[i];
            if (entry.Removed)
            {
                continue;
            }

            ref readonly Event e = ref events[entry.Event];
            bool conflicts = e.Op.Kind is OpKind.Free or OpKind.Watch || e.HasWays
                ? FootprintAt(i).Conflicts(footprint, machine.FlusherBase)
                : (footprint.Write || Writes(i, in e)) && footprint.Cell is not null && footprint.Cell.Is(e.Op.Cell);
            if (conflicts)
            {
                return false;
            }
        }

        return true;
    }

    private bool Writes(int position, ref readonly Event e)
        => position == _count - 1 && IsAtomic(in e) ? _lastWrites : e.Wrote;

    /// <summary>Whether what a step writes follows from what it reads.</summary>
    private static bool IsAtomic(ref readonly Event e) => e.Op.Kind == OpKind.Rmw && !e.HasWays;

    /// <summary>
    /// Whether the second event changes its cell when the first has not happened: a compare-and-exchange
    /// may succeed that failed, or the other way round. One with several ways may do either.
    /// </summary>
    private bool WritesReversed(int first, int second)
    {
        ref readonly Event late = ref _history.Events[second];
        return IsAtomic(in late) ? late.Op.Writes(_history.OldOf(first, late.Op.Cell!)) : late.Wrote;
    }

    private void Begin()
    {
        Array.Fill(_first, ushort.MaxValue);
        _processes = 0;
        _count = _begin = 0;
    }

    private void Push(int index, ref readonly Event e, bool chained)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
        }

        ref Entry entry = ref _entries[_count];
        entry.Event = index;
        entry.Process = e.Process;
        entry.Waiting = e.Waiting;
        entry.Chained = chained;
        entry.Removed = false;
        Link(_count, e.Sequence);
        _count++;
    }

    /// <summary>Puts the step at a position behind those of its process.</summary>
    private void Link(int position, int sequence)
    {
        ref Entry entry = ref _entries[position];
        entry.Next = -1;
        int process = entry.Process;
        if ((_processes & (1UL << process)) == 0)
        {
            _processes |= 1UL << process;
            _firstOf[process] = position;
            _first[process] = (ushort)sequence;
        }
        else
        {
            _entries[_lastOf[process]].Next = position;
        }

        _lastOf[process] = position;
    }

    private void SetFirst(int process, int position)
    {
        if (position < 0)
        {
            _processes &= ~(1UL << process);
            _first[process] = ushort.MaxValue;
            return;
        }

        _firstOf[process] = position;
        _first[process] = (ushort)_history.Events[_entries[position].Event].Sequence;
    }

    internal struct Entry
    {
        internal int Event;
        internal int Process;

        /// <summary>Position of the next step of the process, or -1.</summary>
        internal int Next;

        /// <summary>Of a load under TSO, how many stores of its own processor to the cell wait where it stands.</summary>
        internal int Waiting;
        internal bool Chained;
        internal bool Removed;
    }
}
