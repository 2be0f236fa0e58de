using System.Numerics;
using Sim.Machine;
using Sim.Machine.Processors;

namespace Sim.Explore.Strategies;

/// <summary>
/// POS: every next step gets a random priority when it comes up, the highest that can run runs, and steps
/// that conflict with it draw anew. So each partial order has a fair chance, however many schedules it has.
/// </summary>
/// <remarks>After Yuan, Yang, Gu: "Partial order aware concurrency sampling" (CAV 2018).</remarks>
internal sealed class OrderSampling(ulong seed) : IChooser
{
    private readonly Prng _prng = new(seed);
    private readonly ulong[] _priority = new ulong[64];
    private SimMachine _machine = null!;
    private ulong _drawn;

    public void Begin(SimMachine machine, int longest)
    {
        _machine = machine;
        _drawn = 0;
    }

    public int Process(ulong enabled)
    {
        int best = -1;
        for (ulong rest = enabled; rest != 0; rest &= rest - 1)
        {
            int process = BitOperations.TrailingZeroCount(rest);
            if ((_drawn & (1UL << process)) == 0)
            {
                _drawn |= 1UL << process;
                _priority[process] = _prng.Next();
            }

            best = best < 0 || _priority[process] > _priority[best] ? process : best;
        }

        Footprint taken = _machine.FootprintOf(best);
        for (ulong rest = enabled & ~(1UL << best); rest != 0; rest &= rest - 1)
        {
            int process = BitOperations.TrailingZeroCount(rest);
            if (_machine.FootprintOf(process).Conflicts(taken, _machine.FlusherBase))
            {
                _drawn &= ~(1UL << process);
            }
        }

        _drawn &= ~(1UL << best);
        return best;
    }

    public int Alternative(int count) => count == 1 ? 0 : _prng.Below(count);
}
