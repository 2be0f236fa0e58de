using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Machine.Races;

/// <summary>
/// Which earlier events an operation that can block races with. It cannot come after the write that
/// made it possible, so it races with what made it wait. See docs/exploration.md.
/// </summary>
internal static class BlockingRaces
{
    /// <summary>
    /// A blocking operation races with the newest write before which it was not blocked; writes
    /// that unblocked it cannot come after it.
    /// </summary>
    /// <param name="history">The execution.</param>
    /// <param name="index">The event of the operation.</param>
    /// <param name="cell">The cell that it waits for.</param>
    /// <param name="chained">Whether it is blocked at the end of the execution.</param>
    internal static void CollectChained(History history, int index, Cell cell, bool chained = false)
    {
        Span<ushort> clock = history.Clock(index);
        ref readonly PendingOp op = ref history.Events[index].Op;
        bool hasRead = op.Kind == OpKind.Rmw && !chained && CollectReads(history, index, cell);
        for (int record = cell.LastAccess - 1; record >= 0; record = history.Accesses[record].Previous - 1)
        {
            ref readonly AccessRecord access = ref history.Accesses[record];
            if (!access.Write)
            {
                continue;
            }

            if (history.IsBefore(access.Event, clock))
            {
                return;
            }

            if (op.Permits(access.Old))
            {
                if (chained || !hasRead)
                {
                    history.AddRace(new Race(access.Event, chained));
                }

                return;
            }

            chained = true;
        }
    }

    /// <summary>The races of a blocking read-modify-write with the reads of what it found.</summary>
    /// <returns>Whether one of them lies between it and the newest write.</returns>
    private static bool CollectReads(History history, int index, Cell cell)
    {
        Span<ushort> clock = stackalloc ushort[history.Lanes];
        history.Clock(index).CopyTo(clock);
        bool any = false;
        foreach (bool forwarded in (ReadOnlySpan<bool>)[false, true])
        {
            int record = cell.LastAccess - 1;
            for (; record >= 0 && !history.Accesses[record].Write; record = history.Accesses[record].Previous - 1)
            {
                int read = history.Accesses[record].Event;
                if (history.Events[read].Waiting > 0 == forwarded && !history.IsBefore(read, clock))
                {
                    history.AddRace(new Race(read, false));
                    VectorClock.Join(clock, history.Clock(read));
                    any |= !forwarded;
                }
            }

            if (record >= 0)
            {
                VectorClock.Join(clock, history.Clock(history.Accesses[record].Event));
            }
        }

        return any;
    }

    /// <summary>
    /// A poller races, for each cell that it watches, with the newest write without which, and without
    /// what comes after that write, it would be awake all the same.
    /// </summary>
    internal static void CollectWatched(History history, int index, Cell cell, WatchSet watch)
    {
        Span<ushort> clock = history.Clock(index);
        for (int record = cell.LastAccess - 1; record >= 0; record = history.Accesses[record].Previous - 1)
        {
            ref readonly AccessRecord access = ref history.Accesses[record];
            if (!access.Write)
            {
                continue;
            }

            if (history.IsBefore(access.Event, clock))
            {
                return;
            }

            if (IsAwakeWithout(history, access.Event, watch))
            {
                history.AddRace(new Race(access.Event, true));
                return;
            }
        }
    }

    /// <summary>Whether a poller would be awake if an event and all that comes after it had not happened.</summary>
    private static bool IsAwakeWithout(History history, int first, WatchSet watch)
    {
        if (watch.IsReady)
        {
            return true;
        }

        ref readonly Event early = ref history.Events[first];
        foreach ((Cell cell, long seen) in watch.Entries)
        {
            long bits = cell.Bits;
            for (int record = cell.LastAccess - 1; record >= 0; record = history.Accesses[record].Previous - 1)
            {
                ref readonly AccessRecord access = ref history.Accesses[record];
                if (access.Write && history.Clock(access.Event)[early.Process] >= early.Sequence)
                {
                    bits = access.Old;
                }
            }

            if (bits != seen)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Races of an operation that is blocked for ever, as if it ran at the end.</summary>
    internal static void CollectBlocked(History history, int index)
    {
        ref readonly PendingOp op = ref history.Events[index].Op;
        if (op.Extra is WatchSet watch)
        {
            foreach ((Cell cell, long _) in watch.Entries)
            {
                CollectWatched(history, index, cell, watch);
            }
        }
        else if (op.Cell is not null)
        {
            CollectChained(history, index, op.Cell, chained: true);
        }

        history.ChainRacesOf(index);
    }
}
