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
    internal static void CollectChained(History history, int index, Cell cell)
    {
        Span<ushort> clock = history.Clock(index);
        ref readonly PendingOp op = ref history.Events[index].Op;
        bool chained = false;
        for (int record = cell.LastAccess - 1; record >= 0; record = history.Accesses[record].Previous - 1)
        {
            ref readonly AccessRecord access = ref history.Accesses[record];
            bool conflicts = access.Write || op.Kind == OpKind.Rmw;
            if (!conflicts)
            {
                continue;
            }

            if (history.IsBefore(access.Event, clock))
            {
                if (access.Write)
                {
                    return;
                }

                continue;
            }

            if (!access.Write)
            {
                if (!chained)
                {
                    history.AddRace(new Race(access.Event, false));
                }

                continue;
            }

            if (op.Permits(access.Old))
            {
                history.AddRace(new Race(access.Event, chained));
                return;
            }

            chained = true;
        }
    }

    /// <summary>
    /// A poller races with the writes before which its cell already differed from what was seen; where
    /// several cells are watched, also with those that another cell's change may stand in for.
    /// </summary>
    internal static void CollectWatched(
        History history, int index, Cell cell, long seen, WatchSet watch)
    {
        bool othersMayWake = watch.Entries.Length > 1;
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

            bool awakeBefore = watch.IsReady || access.Old != seen;
            if (awakeBefore || othersMayWake)
            {
                history.AddRace(new Race(access.Event, true));
            }

            if (awakeBefore)
            {
                return;
            }
        }
    }

    /// <summary>Races of an operation that is blocked for ever, as if it ran at the end.</summary>
    internal static void CollectBlocked(History history, int index)
    {
        ref readonly PendingOp op = ref history.Events[index].Op;
        if (op.Extra is WatchSet watch)
        {
            foreach ((Cell cell, long seen) in watch.Entries)
            {
                CollectWatched(history, index, cell, seen, watch);
            }
        }
        else if (op.Cell is not null)
        {
            CollectChained(history, index, op.Cell);
        }

        history.ChainRacesOf(index);
    }
}
