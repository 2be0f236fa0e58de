using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Machine.Races;

/// <summary>One executed step.</summary>
internal struct Event
{
    internal PendingOp Op;
    internal int Process;
    internal int Alternative;

    /// <summary>Count of the process's own events, this one included: its own component of the clock.</summary>
    internal int Sequence;

    /// <summary>The process's event before this one, or -1.</summary>
    internal int PreviousOfProcess;

    /// <summary>Another process's event that this one is ordered after without a race, or -1.</summary>
    internal int Joined;

    /// <summary>Next older load that took its value from the same waiting store, or -1.</summary>
    internal int NextForwarded;

    /// <summary>Whether the event changed the cell of its operation.</summary>
    internal bool Wrote;

    /// <summary>Whether the operation had several ways, and so a choice follows.</summary>
    internal bool HasWays;

    /// <summary>Of a load, how many stores of its own processor to the cell waited.</summary>
    internal int Waiting;

    /// <summary>The process's epoch before this event.</summary>
    internal int EpochBefore;

    /// <summary>First of the event's records in <see cref="History.Accesses"/>.</summary>
    internal int FirstAccess;

    /// <summary>First of the event's races in <see cref="History.Races"/>.</summary>
    internal int FirstRace;
}

/// <summary>An event touched a cell; the records of one cell form a list from newest to oldest.</summary>
internal struct AccessRecord
{
    internal Cell Cell;

    /// <summary>What the cell held before.</summary>
    internal long Old;

    /// <summary>The next older record of the cell, plus one.</summary>
    internal int Previous;

    /// <summary>The step in which it was made; -1 for an access that a fiber makes while a world is set up.</summary>
    internal int Event;

    /// <summary>How far the process was: what comes after it knows a later epoch of the process.</summary>
    internal int Stamp;

    /// <summary>Whose access it is: the event's process, or the one that the event starts.</summary>
    internal short Process;
    internal bool Write;
}

/// <summary>
/// Two events of different processes that conflict, adjacent in happens-before, of which the later
/// could have come first.
/// </summary>
/// <param name="First">Index of the earlier event.</param>
/// <param name="Chained">The later one blocked until the earlier one's effect was taken back.</param>
internal record struct Race(int First, bool Chained)
{
    /// <summary>Index of the later event.</summary>
    internal int Second;

    /// <summary>
    /// What a strategy found out: while so many events, from the first on, stay as they are, a branch that was
    /// explored covers the reversal. 0 if it does not know.
    /// </summary>
    internal int Covered;
}
