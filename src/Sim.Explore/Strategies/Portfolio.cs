using Sim.Machine;

namespace Sim.Explore.Strategies;

/// <summary>Several ways to choose, in turn: one execution each.</summary>
internal sealed class Portfolio(IReadOnlyList<IChooser> choosers) : IChooser
{
    private int _turn = -1;

    private IChooser Current => choosers[_turn % choosers.Count];

    /// <summary>What is worth trying when nothing is known: few change points, more of them, partial orders, a walk.</summary>
    internal static Portfolio Of(ExploreOptions options) => new(
    [
        new PriorityBased(options with { PctDepth = 2 }),
        new PriorityBased(options),
        new OrderSampling(options.Seed),
        new RandomWalk(options.Seed),
    ]);

    public void Begin(SimMachine machine, int longest)
    {
        _turn++;
        Current.Begin(machine, longest);
    }

    public int Process(ulong enabled) => Current.Process(enabled);

    public int Alternative(int count) => Current.Alternative(count);
}
