using Sim.Explore.Estimates;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Processors;

namespace Sim.Explore;

/// <summary>How schedules are chosen.</summary>
public enum Strategy
{
    /// <summary>Every schedule that matters, one per partial order.</summary>
    Dpor,

    /// <summary>Every interleaving, up to a bound on preemptions if one is given.</summary>
    Dfs,

    /// <summary>Random priorities with a few change points.</summary>
    Pct,

    /// <summary>A random walk.</summary>
    Random,

    /// <summary>Random priorities for steps, drawn anew where steps conflict.</summary>
    Pos,

    /// <summary>Several random strategies in turn.</summary>
    Portfolio,

    /// <summary>Every state once; also finds what goes round for ever.</summary>
    States,

    /// <summary>Every prefix of a partial order once; as <see cref="Dpor"/>, by other means.</summary>
    Prefixes,
}

/// <summary>What to explore, and how far.</summary>
public sealed record ExploreOptions
{
    /// <summary>How schedules are chosen.</summary>
    public Strategy Strategy { get; init; } = Strategy.Dpor;

    /// <summary>How memory behaves.</summary>
    public MemoryModel Memory { get; init; } = MemoryModel.Sc;

    /// <summary>Sites that are taken away.</summary>
    public IReadOnlyList<Site> Without { get; init; } = [];

    /// <summary>Seed of the random strategies.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Most executions, or null: to the end, or 10,000 for the random strategies.</summary>
    public long? Executions { get; init; }

    /// <summary>Most preemptions of a <see cref="Strategy.Dfs"/> schedule, or null for no bound.</summary>
    public int? Preemptions { get; init; }

    /// <summary>
    /// Most delays of a <see cref="Strategy.Dfs"/> schedule, or null for no bound: everybody runs until blocked,
    /// then the next; a delay passes one over.
    /// </summary>
    public int? Delays { get; init; }

    /// <summary>For <see cref="Strategy.Pct"/>: how many ordering constraints the bug needs at most.</summary>
    public int PctDepth { get; init; } = 3;

    /// <summary>
    /// How many threads a <see cref="Strategy.Dpor"/> search uses. Each makes a world of its own, so making
    /// one must be safe while others are made; nothing else about the outcome depends on it.
    /// </summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Whether to stop at the first violation; otherwise all are counted.</summary>
    public bool StopAtViolation { get; init; } = true;

    /// <summary>Most steps of one execution; a longer one is reported as not ending.</summary>
    public int MaxSteps { get; init; } = 20_000;

    /// <summary>Most states, or prefixes, that <see cref="Strategy.States"/> and <see cref="Strategy.Prefixes"/> keep.</summary>
    public int MaxStates { get; init; } = 50_000_000;

    /// <summary>Asked every few thousand steps; true ends the exploration.</summary>
    public Func<Progress, bool>? Stop { get; init; }

    /// <summary>
    /// Whether <see cref="Progress.Estimate"/> is wanted from a <see cref="Strategy.Dpor"/> search; it takes some
    /// 20 ms, and then an eighth of the time until it is close. The counts do not depend on it.
    /// </summary>
    public bool Estimates { get; init; }

    /// <summary>Where a <see cref="Strategy.Dpor"/> search goes on, or null to begin.</summary>
    public SearchState? Resume { get; init; }

    /// <summary>
    /// Asked now and then by a <see cref="Strategy.Dpor"/> search whether its state is wanted; then, at
    /// the end of the running execution, <see cref="Checkpoint"/> is called.
    /// </summary>
    public Func<bool>? WantsCheckpoint { get; init; }

    /// <summary>Receives the state of a search: when it was asked for, and when the search is stopped.</summary>
    public Action<SearchState>? Checkpoint { get; init; }

    /// <summary>Told of every operation that the search performs, or null; the search then has one thread.</summary>
    public Coverage? Coverage { get; init; }

    /// <summary>Called at the end of every execution, before it is taken back; for tests.</summary>
    internal Action<SimMachine>? OnExecution { get; init; }

    internal MachineOptions ForMachine(int lanes, ProcessNumbers? numbers = null)
        => new()
        {
            Memory = Memory,
            Without = Without,
            Lanes = lanes,
            Numbers = numbers,
        };
}

/// <summary>How far an exploration is.</summary>
/// <param name="Executions">Complete executions so far.</param>
/// <param name="Blocked">Executions given up as redundant.</param>
/// <param name="Transitions">Steps taken.</param>
/// <param name="Depth">Steps of the running execution.</param>
/// <param name="Share">Explored share of the tree as far as it is planned, 0 to 1.</param>
/// <param name="Estimate">How many executions there will be, if that is wanted and can be told.</param>
public readonly record struct Progress(
    long Executions, long Blocked, long Transitions, int Depth, double Share, Estimate? Estimate = null);

/// <summary>What an exploration can honestly say.</summary>
public enum Verdict
{
    /// <summary>Every schedule was covered and nothing broke: it holds for this world.</summary>
    Complete,

    /// <summary>Every schedule up to a bound was covered and nothing broke.</summary>
    HoldsToBound,

    /// <summary>So many schedules were sampled and nothing broke.</summary>
    Sampled,

    /// <summary>A limit or an interruption ended it before that; nothing broke so far.</summary>
    Stopped,

    /// <summary>Something broke.</summary>
    Violated,
}

/// <summary>A violation with the schedule that shows it.</summary>
public sealed record Finding(Violation Violation, Schedule Schedule);

/// <summary>The outcome of an exploration.</summary>
public sealed record ExploreResult
{
    /// <summary>What can be said.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Executions that ran to their end.</summary>
    public required long Executions { get; init; }

    /// <summary>Executions that were given up because they could only repeat an explored one.</summary>
    public required long Blocked { get; init; }

    /// <summary>Steps taken.</summary>
    public required long Transitions { get; init; }

    /// <summary>Whether every schedule was covered, up to the bound if there is one.</summary>
    public required bool Complete { get; init; }

    /// <summary>Executions in which something broke.</summary>
    public required long Violating { get; init; }

    /// <summary>The first violation of each guarantee.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Steps of the longest execution.</summary>
    public required int LongestExecution { get; init; }

    /// <summary>Most processes that one execution had: fibers, and store buffers if stores wait.</summary>
    public int Processes { get; init; }

    /// <summary>Different states or prefixes, if the strategy keeps them; else 0.</summary>
    public long States { get; init; }
}
