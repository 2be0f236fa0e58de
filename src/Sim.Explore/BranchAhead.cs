namespace Sim.Explore;

/// <summary>A planned branch that was explored ahead of its turn, and what came of it. Plain data.</summary>
/// <param name="Step">The index of its last step in <see cref="SearchLevel.Planned"/>.</param>
/// <param name="Counts">What is to be counted; the levels are those below the branch, if it was not explored to the end.</param>
/// <param name="IsBroken">Whether a violation ended it.</param>
/// <param name="Plans">What it planned above itself.</param>
/// <param name="Races">The races for which that was planned, and those whose reversals it covers; null if there were too many.</param>
/// <param name="Executions">The processes of the steps, from the branch's last one on, of executions with such races.</param>
public sealed record BranchAhead(
    int Step,
    SearchState Counts,
    bool IsBroken,
    IReadOnlyList<PlanAhead> Plans,
    IReadOnlyList<RaceAhead>? Races,
    IReadOnlyList<byte[]> Executions);

/// <summary>What a branch that was explored ahead of its turn planned at one place.</summary>
/// <param name="Level">The level of the search that it is planned at.</param>
/// <param name="Place">Below which planned step: which of them, and of those behind it which.</param>
/// <param name="Siblings">How many were planned there before.</param>
/// <param name="Planned">What it planned beside them, each step before what comes after it.</param>
public sealed record PlanAhead(
    int Level, IReadOnlyList<int> Place, int Siblings, IReadOnlyList<PlannedStep> Planned);

/// <summary>A race whose reversal went to a place that was new: to be planned again if others came there first.</summary>
/// <param name="Level">The level of its first event.</param>
/// <param name="Execution">In which of <see cref="BranchAhead.Executions"/>.</param>
/// <param name="Second">The index of its second event; -1 minus a process's number if that is blocked for ever.</param>
/// <param name="Number">Which of the second event's races it is.</param>
public readonly record struct RaceAhead(int Level, int Execution, int Second, int Number);
