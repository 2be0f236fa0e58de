namespace Sim.Explore.Axiomatic;

/// <summary>A test is larger than the axiomatic engine can enumerate.</summary>
public sealed class TooLargeException(string problem) : Exception(problem)
{
    /// <summary>Most runs of one thread.</summary>
    internal const int MostRuns = 200_000;
}
