using Sim.Machine;

namespace Sim.Explore.Strategies;

/// <summary>
/// Picks one of several: the only non-determinism of a single run. A strategy that runs an execution
/// from its beginning to its end, random or replayed, is one of these.
/// </summary>
internal interface IChooser
{
    /// <summary>A new execution begins.</summary>
    /// <param name="machine">The machine, in its first state.</param>
    /// <param name="longest">Steps of the longest execution so far.</param>
    void Begin(SimMachine machine, int longest);

    /// <summary>Which process takes the next step.</summary>
    /// <param name="enabled">The processes that can, as a bit mask; never empty.</param>
    int Process(ulong enabled);

    /// <summary>Which of the alternatives of that step.</summary>
    /// <param name="count">How many there are; at least 1.</param>
    int Alternative(int count);
}
