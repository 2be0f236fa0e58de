using System.Numerics;
using Sim.Machine;

namespace Sim.Explore.Strategies;

/// <summary>Picks uniformly among the processes that can run.</summary>
internal sealed class RandomWalk(ulong seed) : IChooser
{
    private readonly Prng _prng = new(seed);

    public void Begin(SimMachine machine, int longest)
    {
    }

    public int Process(ulong enabled)
    {
        for (int skip = _prng.Below(BitOperations.PopCount(enabled)); skip > 0; skip--)
        {
            enabled &= enabled - 1;
        }

        return BitOperations.TrailingZeroCount(enabled);
    }

    public int Alternative(int count) => count == 1 ? 0 : _prng.Below(count);
}
