using Sim.Machine;
using Sim.Machine.Tracing;

namespace Sim.Explore;

/// <summary>One step of a recorded execution.</summary>
/// <param name="Choice">Who took it, and which alternative.</param>
/// <param name="Fiber">Index of the fiber; for a flush, of the one whose store it is.</param>
/// <param name="IsFlush">Whether a store buffer took the step.</param>
/// <param name="IsSwitch">Whether another fiber ran before.</param>
/// <param name="IsPreemption">Whether that one could have gone on.</param>
public readonly record struct Step(
    Choice Choice, int Fiber, bool IsFlush, bool IsSwitch, bool IsPreemption);

/// <summary>One execution, step by step.</summary>
public sealed record Recording
{
    /// <summary>The names of the fibers, by index.</summary>
    public required IReadOnlyList<string> Fibers { get; init; }

    /// <summary>The steps.</summary>
    public required IReadOnlyList<Step> Steps { get; init; }

    /// <summary>The operations performed, in order.</summary>
    public required IReadOnlyList<TraceEvent> Events { get; init; }

    /// <summary>What broke, or null.</summary>
    public required Violation? Violation { get; init; }

    /// <summary>Identity of the last state.</summary>
    public required ulong EndState { get; init; }

    /// <summary>How often a fiber that could have gone on was switched away from.</summary>
    public int Preemptions => Steps.Count(step => step.IsPreemption);

    /// <summary>How often another fiber than before took a step.</summary>
    public int Switches => Steps.Count(step => step.IsSwitch);
}
