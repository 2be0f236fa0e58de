namespace Sim.Explore.Strategies.Parallel;

/// <summary>A step on the way to a planned branch.</summary>
/// <param name="Process">Who takes it.</param>
/// <param name="Sleep">Who sleeps at that level, as a bit mask; null where that follows from the level above.</param>
/// <param name="Before">Who will have been explored at that level before, as a bit mask.</param>
/// <param name="Branches">How many branches are planned at that level behind this one.</param>
/// <param name="Planned">Those branches.</param>
internal sealed record ErrandStep(
    int Process, ulong? Sleep, ulong Before, int Branches, IReadOnlyList<PlannedStep> Planned);

/// <summary>What grew on the copy of a tree.</summary>
/// <param name="Level">The level of the search that the tree is planned at.</param>
/// <param name="Place">Below which node of the tree: which child, and of that which child.</param>
/// <param name="Siblings">How many children that node had before.</param>
/// <param name="Branches">How many it has got.</param>
/// <param name="Planned">Those, each step before what comes after it.</param>
internal sealed record Graft(
    int Level, IReadOnlyList<int> Place, int Siblings, int Branches, IReadOnlyList<PlannedStep> Planned);

/// <summary>What came of an errand: what the search would have counted and planned there itself.</summary>
/// <param name="Counts">The counts; the levels are those below the branch, if it was not explored to the end.</param>
/// <param name="IsBroken">Whether a violation ended it.</param>
/// <param name="Grafts">What was planned above the branch.</param>
internal sealed record Outcome(SearchState Counts, bool IsBroken, IReadOnlyList<Graft> Grafts);

/// <summary>
/// A planned branch that somebody explores before it is its turn. The last step of a planned branch leads
/// to a state from which everything is explored, and what is found there depends on the way there and on
/// nothing else, so it can be found out at any time and on any machine.
/// </summary>
/// <param name="path">The steps from the root; the last one is the branch's last.</param>
internal sealed class Errand(IReadOnlyList<ErrandStep> path)
{
    private volatile bool _isWanted;

    /// <summary>The steps from the root.</summary>
    internal IReadOnlyList<ErrandStep> Path { get; } = path;

    /// <summary>Whether the search waits for the outcome, so that what there is will do.</summary>
    internal bool IsWanted { get => _isWanted; set => _isWanted = value; }

    /// <summary>Whether <see cref="Outcome"/> is final.</summary>
    internal bool IsDone { get; set; }

    /// <summary>What came of it; null when nothing did.</summary>
    internal Outcome? Outcome { get; set; }
}
