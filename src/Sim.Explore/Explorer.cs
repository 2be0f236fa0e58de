using Sim.Explore.Strategies;
using Sim.Machine;

namespace Sim.Explore;

/// <summary>Runs explorations: the one entry for tests, the command and benchmarks.</summary>
public static class Explorer
{
    private static readonly int[] s_lanes = [16, 32, 64];

    /// <summary>Explores a world with the strategy that the options name.</summary>
    /// <param name="world">Makes the world on a fresh machine; called once, or again on a larger machine.</param>
    /// <param name="options">What to explore, and how far.</param>
    public static ExploreResult Run(World world, ExploreOptions options)
    {
        foreach (int lanes in s_lanes)
        {
            try
            {
                var machine = new SimMachine(options.ForMachine(lanes));
                Action? atEnd = world(machine);
                return Explore(machine, atEnd, options);
            }
            catch (TooManyProcessesException) when (lanes != s_lanes[^1])
            {
                // Start again on a machine with room for more.
            }
        }

        throw new System.Diagnostics.UnreachableException();
    }

    private static ExploreResult Explore(SimMachine machine, Action? atEnd, ExploreOptions options)
        => options.Strategy switch
        {
            Strategy.Dpor => new PartialOrder(machine, atEnd, options).Run(),
            Strategy.Dfs => throw new NotSupportedException(),
            Strategy.Pct => throw new NotSupportedException(),
            Strategy.Random => throw new NotSupportedException(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
