namespace Sim.Explore;

/// <summary>A planned step; what is planned after it follows it in the list.</summary>
/// <param name="Process">Who takes it.</param>
/// <param name="Alternative">Which alternative.</param>
/// <param name="IsOpen">Whether the other alternatives of the choice are to be explored too.</param>
/// <param name="Branches">How many branches are planned below it.</param>
public readonly record struct PlannedStep(int Process, int Alternative, bool IsOpen, int Branches);

/// <summary>One level of an interrupted search.</summary>
/// <param name="Process">The branch being explored.</param>
/// <param name="Alternative">Which alternative of it.</param>
/// <param name="Done">The alternatives of a choice that were begun, as a bit mask.</param>
/// <param name="IsOpen">Whether all alternatives of a choice are to be explored.</param>
/// <param name="Sleep">The processes that sleep, as a bit mask.</param>
/// <param name="Explored">How many branches are done.</param>
/// <param name="Branches">How many branches are still to be explored.</param>
/// <param name="Planned">Those branches, each step before what comes after it.</param>
public sealed record SearchLevel(
    int Process,
    int Alternative,
    ulong Done,
    bool IsOpen,
    ulong Sleep,
    int Explored,
    int Branches,
    IReadOnlyList<PlannedStep> Planned)
{
    /// <summary>What other threads have explored of those branches ahead of their turn.</summary>
    public IReadOnlyList<BranchAhead> Ahead { get; init; } = [];
}

/// <summary>A process of a search, by number.</summary>
/// <param name="Parent">The number of the process that starts it, or -1.</param>
/// <param name="Child">How many that one has started before.</param>
public readonly record struct StartedProcess(int Parent, int Child);

/// <summary>
/// Everything a partial-order search needs to go on later, in another process: the path of the
/// execution that ended last, what is left to do beside it, and the counts so far. Plain data.
/// </summary>
public sealed record SearchState
{
    /// <summary>Identity of the world's first state; a search goes on only in the same world.</summary>
    public required ulong World { get; init; }

    /// <summary>How many processes the machine of the search has room for.</summary>
    public required int Lanes { get; init; }

    /// <summary>Who the processes are that came up in the search so far, by number.</summary>
    public required IReadOnlyList<StartedProcess> Processes { get; init; }

    /// <summary>The levels of the path, from the root.</summary>
    public required IReadOnlyList<SearchLevel> Levels { get; init; }

    /// <summary>Executions that ran to their end.</summary>
    public required long Executions { get; init; }

    /// <summary>Executions that were given up.</summary>
    public required long Blocked { get; init; }

    /// <summary>Steps taken.</summary>
    public required long Transitions { get; init; }

    /// <summary>Executions in which something broke.</summary>
    public required long Violating { get; init; }

    /// <summary>Steps of the longest execution.</summary>
    public required int Longest { get; init; }

    /// <summary>Whether some access had more ways than were tried.</summary>
    public bool IsCut { get; init; }

    /// <summary>What broke so far.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }
}

/// <summary>A search state does not belong to this world.</summary>
public sealed class ForeignStateException()
    : Exception("it was made by another version of the program, or of this scenario");
