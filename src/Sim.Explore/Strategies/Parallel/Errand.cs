using Sim.Machine.Processors;

namespace Sim.Explore.Strategies.Parallel;

/// <summary>
/// A planned step with what it touches; what is planned after it follows it in the list. The cells may be
/// those of another machine: what counts is their identity.
/// </summary>
/// <param name="Process">Who takes it.</param>
/// <param name="Footprint">What it touches.</param>
/// <param name="Branches">How many branches are planned below it.</param>
internal readonly record struct CopiedStep(int Process, Footprint Footprint, int Branches);

/// <summary>A step on the way to a planned branch.</summary>
/// <param name="Process">Who takes it.</param>
/// <param name="Sleep">Who sleeps at that level, as a bit mask; null where that follows from the level above.</param>
/// <param name="Before">Who will have been explored at that level before, as a bit mask.</param>
/// <param name="Planned">What is planned at that level behind this one.</param>
internal sealed record ErrandStep(int Process, ulong? Sleep, ulong Before, IReadOnlyList<CopiedStep> Planned);

/// <summary>What grew on the copy of a tree.</summary>
/// <remarks>Out of a checkpoint it comes as <see cref="Saved"/>: what its steps touch is found out when its turn comes.</remarks>
/// <param name="Level">The level of the search that the tree is planned at.</param>
/// <param name="Place">Below which node of the tree: which child, and of that which child.</param>
/// <param name="Siblings">How many children that node had before.</param>
/// <param name="Planned">Those that it has got, each step before what comes after it.</param>
internal sealed record Graft(
    int Level, IReadOnlyList<int> Place, int Siblings, IReadOnlyList<CopiedStep> Planned)
{
    /// <summary>What was planned, as a checkpoint has it.</summary>
    internal PlanAhead? Saved { get; init; }

    /// <summary>As a checkpoint has it.</summary>
    internal PlanAhead Save() => Saved ?? new PlanAhead(
        Level, Place, Siblings, [.. Planned.Select(step => new PlannedStep(step.Process, 0, false, step.Branches))]);
}

/// <summary>What came of an errand: what the search would have counted and planned there itself.</summary>
/// <param name="Counts">The counts; the levels are those below the branch, if it was not explored to the end.</param>
/// <param name="IsBroken">Whether a violation ended it.</param>
/// <param name="Grafts">What was planned above the branch.</param>
/// <param name="Races">The races for which that was planned, and those whose reversals it covers; null if there were too many.</param>
/// <param name="Executions">The processes of the steps, from the branch's last one on, of executions with such races.</param>
internal sealed record Outcome(
    SearchState Counts,
    bool IsBroken,
    IReadOnlyList<Graft> Grafts,
    IReadOnlyList<RaceAhead>? Races,
    IReadOnlyList<byte[]> Executions)
{
    /// <summary>As a checkpoint has it.</summary>
    /// <param name="step">The index of the branch's last step in what is planned.</param>
    internal BranchAhead Save(int step)
        => new(step, Counts, IsBroken, [.. Grafts.Select(graft => graft.Save())], Races, Executions);

    /// <summary>What a checkpoint has.</summary>
    internal static Outcome Of(BranchAhead saved) => new(
        saved.Counts,
        saved.IsBroken,
        [.. saved.Plans.Select(plan => new Graft(plan.Level, plan.Place, plan.Siblings, []) { Saved = plan })],
        saved.Races,
        saved.Executions);
}

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

    /// <summary>An errand that an earlier search has seen done.</summary>
    internal static Errand Done(Outcome outcome) => new([]) { IsDone = true, Outcome = outcome };

    /// <summary>Whether <see cref="Outcome"/> is final.</summary>
    internal bool IsDone { get; set; }

    /// <summary>What came of it; null when nothing did.</summary>
    internal Outcome? Outcome { get; set; }
}
