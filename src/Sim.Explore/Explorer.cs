using Sim.Explore.Estimates;
using Sim.Explore.Strategies;
using Sim.Explore.Strategies.Merging;
using Sim.Explore.Strategies.Parallel;
using Sim.Machine;
using Sim.Machine.Processors;

namespace Sim.Explore;

/// <summary>Runs explorations: the one entry for tests, the command and benchmarks.</summary>
public static class Explorer
{
    private static readonly int[] s_lanes = [16, 32, 64];

    /// <summary>Explores a world with the strategy that the options name.</summary>
    /// <param name="world">Makes the world on a fresh machine; called once, or again on a larger machine.</param>
    /// <param name="options">What to explore, and how far.</param>
    public static ExploreResult Run(World world, ExploreOptions options)
        => options is { Strategy: Strategy.Dpor, Jobs: > 1, Coverage: null }
            ? RunWithCrew(world, options)
            : OnMachine(world, options, (machine, atEnd) => options.Strategy switch
        {
            Strategy.Dpor => new PartialOrder(
                machine, atEnd, options, crew: null, Estimator.Of(world, options, machine.History.Lanes)).Run(),
            Strategy.Dfs => new Exhaustive(machine, atEnd, options).Run(),
            Strategy.Pct => new Sampling(machine, atEnd, options, new PriorityBased(options)).Run(),
            Strategy.Random => new Sampling(machine, atEnd, options, new RandomWalk(options.Seed)).Run(),
            Strategy.Pos => new Sampling(machine, atEnd, options, new OrderSampling(options.Seed)).Run(),
            Strategy.Portfolio => new Sampling(machine, atEnd, options, Portfolio.Of(options)).Run(),
            Strategy.States or Strategy.Prefixes => new MergingSearch(machine, atEnd, options).Run(),
            _ => throw new System.Diagnostics.UnreachableException(),
        },
        options.Coverage is null ? null : machine => machine.Tracer = options.Coverage.Note);

    private static ExploreResult RunWithCrew(World world, ExploreOptions options)
    {
        SharedNumbers.Register? register = null;
        return OnMachine(
            world,
            options,
            (machine, atEnd) =>
            {
                int lanes = machine.History.Lanes;
                using var crew = new Crew(options.Jobs - 1, world, options, lanes, register!);
                return new PartialOrder(machine, atEnd, options, crew, Estimator.Of(world, options, lanes)).Run();
            },
            numbers: () => new SharedNumbers(register = new SharedNumbers.Register()));
    }

    /// <summary>Lanes of the largest machine.</summary>
    internal static int MostLanes => s_lanes[^1];

    /// <summary>The number of the first store buffer on the smallest machine for the fibers that there are.</summary>
    internal static int SmallestFlusherBase(SimMachine machine)
    {
        int larger = machine.History.Lanes / machine.FlusherBase;
        return Array.Find(s_lanes, lanes => lanes / larger >= machine.AllFibers.Count) / larger;
    }

    /// <summary>Makes a world on the smallest machine that has room for its fibers.</summary>
    /// <param name="world">The world.</param>
    /// <param name="options">Memory model and sites taken away.</param>
    /// <param name="use">What to do with the machine, and the check at the end of an execution.</param>
    /// <param name="prepare">Called before the world is made.</param>
    /// <param name="numbers">Makes the numbers of processes, if others share them.</param>
    internal static T OnMachine<T>(
        World world,
        ExploreOptions options,
        Func<SimMachine, Action?, T> use,
        Action<SimMachine>? prepare = null,
        Func<ProcessNumbers>? numbers = null)
    {
        foreach (int lanes in s_lanes)
        {
            try
            {
                var machine = new SimMachine(options.ForMachine(lanes, numbers?.Invoke()));
                prepare?.Invoke(machine);
                Action? atEnd = world(machine);
                return use(machine, atEnd);
            }
            catch (TooManyProcessesException) when (lanes != s_lanes[^1])
            {
                // Start again on a machine with room for more.
            }
        }

        throw new System.Diagnostics.UnreachableException();
    }
}
