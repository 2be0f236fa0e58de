using System.Numerics;
using Sim.Machine;

namespace Sim.Explore.Strategies;

/// <summary>
/// PCT: random priorities, the highest that can run runs; at depth-1 random steps the running process
/// drops below all others. A bug that needs d ordering constraints among n processes in k steps is
/// found by one run with probability at least 1/(n * k^(d-1)).
/// </summary>
/// <remarks>After Burckhardt, Kothari, Musuvathi, Nagarakatte (ASPLOS 2010).</remarks>
internal sealed class PriorityBased(ExploreOptions options) : IChooser
{
    private readonly Prng _prng = new(options.Seed);
    private readonly int[] _priority = new int[64];
    private readonly int[] _changes = new int[Math.Max(0, options.PctDepth - 1)];
    private int _step;

    public void Begin(SimMachine machine, int longest)
    {
        for (int i = 0; i < _priority.Length; i++)
        {
            int other = _prng.Below(i + 1);
            _priority[i] = _priority[other];
            _priority[other] = i + options.PctDepth;
        }

        for (int i = 0; i < _changes.Length; i++)
        {
            _changes[i] = _prng.Below(Math.Max(1, longest));
        }

        _step = 0;
    }

    public int Process(ulong enabled)
    {
        int process = Highest(enabled);
        for (int i = 0; i < _changes.Length; i++)
        {
            if (_changes[i] == _step)
            {
                _priority[process] = i;
                process = Highest(enabled);
            }
        }

        _step++;
        return process;
    }

    public int Alternative(int count) => count == 1 ? 0 : _prng.Below(count);

    private int Highest(ulong enabled)
    {
        int best = BitOperations.TrailingZeroCount(enabled);
        for (ulong rest = enabled; rest != 0; rest &= rest - 1)
        {
            int process = BitOperations.TrailingZeroCount(rest);
            if (_priority[process] > _priority[best])
            {
                best = process;
            }
        }

        return best;
    }
}
