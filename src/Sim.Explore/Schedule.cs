using Sim.Machine.Ops;

namespace Sim.Explore;

/// <summary>One decision: which process takes the next step, and which of its alternatives.</summary>
/// <param name="Process">Number of the process; under TSO store buffers follow the fibers.</param>
/// <param name="Alternative">0 unless the step is a choice of the world.</param>
public readonly record struct Choice(int Process, int Alternative);

/// <summary>The decisions of one execution, in order: all there is to know to run it again.</summary>
[Immutable]
public sealed record Schedule(IReadOnlyList<Choice> Choices)
{
    /// <summary>Number of steps.</summary>
    public int Length => Choices.Count;
}
