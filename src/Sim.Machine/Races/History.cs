using System.Runtime.CompilerServices;
using Sim.Machine.Memory.Views;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Machine.Races;

/// <summary>
/// The execution so far as a partial order: every event has a vector clock over processes, made of
/// program order and the order of conflicting accesses to the same cell. Two events conflict when
/// both touch a cell and one of them writes it. See docs/exploration.md for the whole relation.
/// </summary>
internal sealed class History(int lanes)
{
    private Event[] _events = new Event[256];
    private AccessRecord[] _accesses = new AccessRecord[512];
    private Race[] _races = new Race[256];
    private ushort[] _clocks = new ushort[256 * lanes];
    private readonly int[] _newestOf = CreateNewest(lanes);
    private readonly ushort[] _scratch = new ushort[lanes];
    private readonly int[] _epochs = new int[lanes];
    private readonly List<int> _candidates = [];

    internal int Lanes => lanes;

    internal int Count { get; private set; }

    internal int AccessCount { get; private set; }

    internal int RaceCount { get; private set; }

    /// <summary>Whether races between events are recorded, for a strategy that reverses them.</summary>
    internal bool CollectRaces { get; set; }

    internal ReadOnlySpan<Event> Events => _events.AsSpan(0, Count);

    internal ReadOnlySpan<AccessRecord> Accesses => _accesses.AsSpan(0, AccessCount);

    internal Span<Race> Races => _races.AsSpan(0, RaceCount);

    /// <summary>The vector clock of an event: for each process, how many of its events came before.</summary>
    internal Span<ushort> Clock(int index) => _clocks.AsSpan(index * lanes, lanes);

    /// <summary>Newest event of a process, or -1.</summary>
    internal int Newest(int process) => _newestOf[process];

    /// <summary>Whether event <paramref name="first"/> happens before the event with that clock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsBefore(int first, ReadOnlySpan<ushort> clock)
        => _events[first].Sequence <= clock[_events[first].Process];

    /// <summary>Whether an event knows so much of a process.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Knows(int index, int process, int sequence) => _clocks[(index * lanes) + process] >= sequence;

    /// <summary>Opens the next event of a process.</summary>
    /// <param name="process">Who takes the step.</param>
    /// <param name="alternative">Which alternative was taken.</param>
    /// <param name="op">What it announced.</param>
    /// <param name="parent">The event that started the process, or -1; used for its first event.</param>
    /// <param name="joined">An event of another process that made this one possible, or -1.</param>
    /// <param name="known">A process, and how much of it this one knows beyond its events.</param>
    internal int Open(
        int process, int alternative, in PendingOp op, int parent, int joined, (int Process, int Epoch) known = default)
    {
        if (Count == _events.Length)
        {
            Array.Resize(ref _events, Count * 2);
            Array.Resize(ref _clocks, Count * 2 * lanes);
        }

        int index = Count++;
        int previous = _newestOf[process];
        Span<ushort> clock = Clock(index);
        int from = previous >= 0 ? previous : parent;
        if (from >= 0)
        {
            Clock(from).CopyTo(clock);
        }
        else
        {
            clock.Clear();
        }

        ref Event opened = ref _events[index];
        opened.Op = op;
        opened.Process = process;
        opened.Alternative = alternative;
        opened.PreviousOfProcess = previous;
        opened.Joined = joined;
        opened.NextForwarded = -1;
        opened.Wrote = false;
        opened.Waiting = 0;
        opened.HasWays = false;
        opened.FirstAccess = AccessCount;
        opened.FirstRace = RaceCount;
        opened.EpochBefore = _epochs[process];
        opened.Sequence = ++_epochs[process];
        if (opened.Sequence > ushort.MaxValue)
        {
            throw new NotSupportedException("an execution of more than 65,535 steps per process; "
                + "bound the world, or use --strategy random with fewer steps");
        }

        if (joined >= 0)
        {
            VectorClock.Join(clock, Clock(joined));
        }

        clock[known.Process] = (ushort)Math.Max(clock[known.Process], known.Epoch);
        clock[process] = (ushort)opened.Sequence;
        _newestOf[process] = index;
        return index;
    }

    /// <summary>
    /// A process passes a point after which others may learn what it did so far, inside a step: a store
    /// enters its buffer, or it starts another process.
    /// </summary>
    /// <returns>What those who learn it know.</returns>
    internal int Tick(int process) => ++_epochs[process];

    /// <summary>A process starts from nothing.</summary>
    internal void Begin(int process) => _epochs[process] = 0;

    /// <summary>
    /// Remembers that a load took its value from a waiting store; <paramref name="older"/> is the
    /// previous such load. It becomes an access when that store reaches memory.
    /// </summary>
    internal void Forward(int load, int older, int waiting)
    {
        _events[load].NextForwarded = older;
        _events[load].Waiting = waiting;
    }

    /// <summary>Enters the loads that took their value from a store which has just reached memory.</summary>
    internal void RecordForwarded(int load, Cell cell)
    {
        if (load < 0)
        {
            return;
        }

        RecordForwarded(_events[load].NextForwarded, cell);
        Record(load, cell, false);
    }

    /// <summary>
    /// Orders the event after the conflicting accesses of a cell, records the races and the access.
    /// </summary>
    /// <param name="index">The event, newest of the history.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="write">Whether it changes the cell.</param>
    /// <param name="unordered">A process whose write the event is not ordered after, or -1.</param>
    internal void Touch(int index, Cell cell, bool write, int unordered = -1)
    {
        Span<ushort> clock = Clock(index);
        _events[index].Wrote = write;
        bool guarded = _events[index].Op.Guard != GuardKind.None;
        if (guarded && CollectRaces)
        {
            BlockingRaces.CollectChained(this, index, cell);
        }

        bool wasForwarded = false;
        for (int record = cell.LastAccess - 1; record >= 0;)
        {
            ref readonly AccessRecord access = ref _accesses[record];
            if (!access.Write && _events[access.Event].Waiting > 0)
            {
                // Its record is newer than the store that it saw, the event itself is older.
                wasForwarded = true;
            }
            else if ((write || access.Write) && !IsBefore(access.Event, clock))
            {
                if (_events[access.Event].Process == unordered)
                {
                    break;
                }

                if (CollectRaces && !guarded)
                {
                    AddRace(new Race(access.Event, false));
                }

                VectorClock.Join(clock, Clock(access.Event));
            }

            if (access.Write)
            {
                break;
            }

            record = access.Previous - 1;
        }

        if (wasForwarded && write)
        {
            TouchForwarded(cell, clock, guarded);
        }

        Record(index, cell, write);
    }

    /// <summary>Orders a write after the loads that were served from a store buffer and saw the newest store.</summary>
    private void TouchForwarded(Cell cell, Span<ushort> clock, bool guarded)
    {
        for (int record = cell.LastAccess - 1; record >= 0 && !_accesses[record].Write;)
        {
            int load = _accesses[record].Event;
            if (_events[load].Waiting > 0 && !IsBefore(load, clock))
            {
                if (CollectRaces && !guarded)
                {
                    AddRace(new Race(load, false));
                }

                VectorClock.Join(clock, Clock(load));
            }

            record = _accesses[record].Previous - 1;
        }
    }

    /// <summary>
    /// As <see cref="Touch"/>, for an event that touches several cells at once. It is not ordered after
    /// accesses of guarded cells: they are no steps, and have to be ordered by something else.
    /// </summary>
    internal void TouchAll(int index, ReadOnlySpan<Cell> cells, bool write)
    {
        Span<ushort> clock = Clock(index);
        _events[index].Wrote = write;
        _candidates.Clear();
        foreach (Cell cell in cells)
        {
            Collect(cell, write);
            Record(index, cell, write);
        }

        OrderAfterCandidates(clock);
    }

    /// <summary>Collects the accesses of a cell that an access conflicts with, back to the newest write.</summary>
    private void Collect(Cell cell, bool write)
    {
        for (int record = cell.LastAccess - 1; record >= 0;)
        {
            ref readonly AccessRecord access = ref _accesses[record];
            bool isStep = cell.Sort != CellSort.Guarded ||
                (access.Event >= 0 && _events[access.Event].Op.Extra is MachineObject freed && freed.Contains(cell.Owner));
            if (isStep && (write || access.Write))
            {
                _candidates.Add(access.Event);
            }

            record = access.Write ? -1 : access.Previous - 1;
        }
    }

    /// <summary>Orders the newest event after those that were collected, and records the races.</summary>
    private void OrderAfterCandidates(Span<ushort> clock)
    {
        _candidates.Sort();
        for (int i = _candidates.Count - 1; i >= 0; i--)
        {
            if (!IsBefore(_candidates[i], clock))
            {
                if (CollectRaces)
                {
                    AddRace(new Race(_candidates[i], false));
                }

                VectorClock.Join(clock, Clock(_candidates[i]));
            }
        }
    }

    /// <summary>As <see cref="Touch"/>, for an access with several ways, which are ordered among each other.</summary>
    internal void TouchWith(int index, Cell cell, bool write, Cell choices)
    {
        Span<ushort> clock = Clock(index);
        _events[index].HasWays = true;
        _candidates.Clear();
        Collect(choices, write: true);
        Collect(cell, write);
        OrderAfterCandidates(clock);
        Record(index, choices, true);
        Record(index, cell, write);
        _events[index].Wrote = write;
    }

    /// <summary>
    /// As <see cref="Touch"/>, for an event that waited until one of several cells had changed. A
    /// write before which its cell still held what was seen may be the one that woke it, so reversing
    /// that race can turn out to be impossible; the strategy finds that out when it tries.
    /// </summary>
    internal void TouchWatched(int index, WatchSet watch)
    {
        Span<ushort> clock = Clock(index);
        if (CollectRaces)
        {
            foreach ((Cell cell, long _) in watch.Entries)
            {
                BlockingRaces.CollectWatched(this, index, cell, watch);
            }
        }

        foreach ((Cell cell, long _) in watch.Entries)
        {
            int record = cell.LastAccess - 1;
            while (record >= 0 && !_accesses[record].Write)
            {
                record = _accesses[record].Previous - 1;
            }

            if (record >= 0 && !IsBefore(_accesses[record].Event, clock))
            {
                VectorClock.Join(clock, Clock(_accesses[record].Event));
            }

            Record(index, cell, false);
        }
    }

    /// <summary>Notes that an event touched a cell, without ordering it.</summary>
    private void Record(int index, Cell cell, bool write) => Record(index, _events[index].Process, cell, write);

    private void Record(int index, int process, Cell cell, bool write)
    {
        if (AccessCount == _accesses.Length)
        {
            Array.Resize(ref _accesses, AccessCount * 2);
        }

        ref AccessRecord access = ref _accesses[AccessCount++];
        access.Cell = cell;
        access.Event = index;
        access.Process = (short)process;
        access.Write = write;
        access.Old = cell.Bits;
        access.Stamp = _epochs[process];
        access.Previous = cell.LastAccess;
        cell.LastAccess = AccessCount;
    }

    /// <summary>As <see cref="Record(int, Cell, bool)"/>, of a process's access inside a step, unless its newest says the same.</summary>
    internal void RecordOnce(int index, int process, Cell cell, bool write)
    {
        if (cell.LastAccess > 0)
        {
            ref readonly AccessRecord last = ref _accesses[cell.LastAccess - 1];
            if (last.Event == index && last.Process == process && (last.Write || !write) &&
                last.Stamp == _epochs[process])
            {
                return;
            }
        }

        Record(index, process, cell, write);
    }

    /// <summary>
    /// The process that made the newest earlier access which conflicts with an access but is not ordered
    /// before it, or -1: a data race on a cell that promised to have none.
    /// </summary>
    internal int FindUnordered(int process, ReadOnlySpan<ushort> clock, Cell cell, bool write)
    {
        for (int record = cell.LastAccess - 1; record >= 0;)
        {
            ref readonly AccessRecord access = ref _accesses[record];
            if ((write || access.Write) && access.Process != process && clock[access.Process] <= access.Stamp)
            {
                return access.Process;
            }

            if (access.Write)
            {
                return -1;
            }

            record = access.Previous - 1;
        }

        return -1;
    }

    /// <summary>What a process knows before its first event.</summary>
    internal ReadOnlySpan<ushort> BirthClock(int parentEvent, (int Process, int Epoch) parent)
    {
        Span<ushort> clock = _scratch;
        if (parentEvent >= 0)
        {
            Clock(parentEvent).CopyTo(clock);
        }
        else
        {
            clock.Clear();
        }

        clock[parent.Process] = (ushort)Math.Max(clock[parent.Process], parent.Epoch);
        return clock;
    }

    /// <summary>Takes back events, newest first, until <paramref name="count"/> are left.</summary>
    internal void RollBack(int count, int accessCount)
    {
        while (AccessCount > accessCount)
        {
            ref AccessRecord access = ref _accesses[--AccessCount];
            access.Cell.LastAccess = access.Previous;
        }

        while (Count > count)
        {
            ref Event last = ref _events[--Count];
            _newestOf[last.Process] = last.PreviousOfProcess;
            _epochs[last.Process] = last.EpochBefore;
            RaceCount = last.FirstRace;
        }
    }

    /// <summary>What an event touched.</summary>
    internal Footprint FootprintOf(int index)
    {
        ref readonly Event e = ref _events[index];
        object? many = e.Op.Kind is OpKind.Free or OpKind.Watch ? e.Op.Extra : e.HasWays ? ViewChoice.Marker : null;
        return new Footprint(e.Process, e.Op.Cell, e.Wrote, many) { Waiting = e.Waiting };
    }

    /// <summary>What a cell held before an event touched it.</summary>
    internal long OldOf(int index, Cell cell)
    {
        for (int record = cell.LastAccess - 1; record >= 0; record = _accesses[record].Previous - 1)
        {
            if (_accesses[record].Event == index)
            {
                return _accesses[record].Old;
            }
        }

        return cell.Bits;
    }

    /// <summary>
    /// The clock an event would have if the chain of the lock it took were not there: what an
    /// acquisition is ordered after when it is moved before an earlier acquisition.
    /// </summary>
    internal ReadOnlySpan<ushort> ClockWithoutChain(int index)
    {
        Span<ushort> clock = _scratch;
        int previous = _events[index].PreviousOfProcess;
        if (previous >= 0)
        {
            Clock(previous).CopyTo(clock);
        }
        else
        {
            clock.Clear();
        }

        if (_events[index].Joined >= 0)
        {
            VectorClock.Join(clock, Clock(_events[index].Joined));
        }

        clock[_events[index].Process] = (ushort)_events[index].Sequence;
        return clock;
    }

    /// <summary>Marks every race of the newest event as chained.</summary>
    internal void ChainRacesOf(int index)
    {
        for (int race = _events[index].FirstRace; race < RaceCount; race++)
        {
            _races[race] = _races[race] with { Chained = true };
        }
    }

    /// <summary>Notes a race of the newest event.</summary>
    internal void AddRace(Race race)
    {
        if (RaceCount == _races.Length)
        {
            Array.Resize(ref _races, RaceCount * 2);
        }

        _races[RaceCount] = race;
        _races[RaceCount++].Second = Count - 1;
    }

    private static int[] CreateNewest(int lanes)
    {
        var newest = new int[lanes];
        Array.Fill(newest, -1);
        return newest;
    }
}
