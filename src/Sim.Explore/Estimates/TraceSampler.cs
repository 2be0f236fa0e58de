using System.Numerics;
using Sim.Machine;
using Sim.Machine.Races;

namespace Sim.Explore.Estimates;

/// <summary>
/// Draws executions such that each gives an unbiased estimate of how many partial orders a world has.
/// </summary>
/// <remarks>
/// <para>
/// The beginnings of partial orders form a graph in layers: a step leads from one with n events to one with
/// n + 1, and there are as many ways into one as it has last events, events with none after them. A walk
/// that multiplies its weight, at each step, by the sum over what can come next of 1 / (ways into it), and
/// goes on with that as probability, ends with a weight whose mean is the number of ends. It is Knuth's
/// estimate of the size of a tree ("Estimating the efficiency of backtrack programs", 1975), for a graph
/// in which the ways into a node are known: threads that never meet, and threads that always do, have no
/// variance at all.
/// </para>
/// <para>
/// A walk that is heavier than others were at its depth goes on several times with a part of the weight; a
/// light one goes on with less than certainty, and more weight (Grassberger's pruning and enrichment, 1997).
/// </para>
/// </remarks>
internal sealed class TraceSampler(SimMachine machine, int maxSteps, ulong seed)
{
    private const int MostCopies = 8;

    /// <summary>Strata of a depth: by how many events have none after them.</summary>
    private const int Width = 16;

    private readonly Prng _prng = new(seed);
    private readonly List<Way> _ways = [];
    private readonly List<double> _weights = [];

    /// <summary>How many walks were made.</summary>
    internal long Walks { get; private set; }

    /// <summary>The steps that the walks took, those that were only tried included.</summary>
    internal long Steps { get; private set; }

    /// <summary>Walks from the state that the machine is in to an end, or several, and back.</summary>
    /// <returns>The estimate that this walk gives.</returns>
    internal double Walk()
    {
        Walks++;
        return GoOn(1, 0, 0);
    }

    private double GoOn(double weight, ulong last, int depth)
    {
        ulong enabled = machine.Enabled();
        if (enabled == 0 || machine.Violation is not null || machine.StepCount >= maxSteps)
        {
            return weight;
        }

        int copies = Copies(ref weight, (depth * Width) + Math.Min(Width - 1, BitOperations.PopCount(last)));
        if (copies == 0)
        {
            return 0;
        }

        int ways = _ways.Count;
        double sum = Try(enabled, last);
        double result = 0;
        for (; copies > 0; copies--)
        {
            Way way = Draw(ways, sum);
            machine.Step(way.Process, way.Alternative);
            Steps++;
            result += GoOn(weight * sum, way.Last, depth + 1);
            machine.Undo();
        }

        _ways.RemoveRange(ways, _ways.Count - ways);
        return result;
    }

    /// <summary>How often a walk goes on, each time with what its weight then is.</summary>
    private int Copies(ref double weight, int stratum)
    {
        while (stratum >= _weights.Count)
        {
            _weights.Add(0);
        }

        _weights[stratum] += weight;
        double ratio = weight / (_weights[stratum] / Walks);
        if (ratio < 1)
        {
            weight /= ratio;
            return Unit() < ratio ? 1 : 0;
        }

        int copies = Math.Min((int)ratio, MostCopies);
        weight /= copies;
        return copies;
    }

    /// <summary>Finds what can come next, and the number of ways into each.</summary>
    private double Try(ulong enabled, ulong last)
    {
        double sum = 0;
        for (; enabled != 0; enabled &= enabled - 1)
        {
            int process = BitOperations.TrailingZeroCount(enabled);
            int alternatives = machine.AlternativesOf(process);
            for (int alternative = 0; alternative < alternatives; alternative++)
            {
                machine.Step(process, alternative);
                Steps++;
                var way = new Way(process, alternative, LastWith(process, last));
                machine.Undo();
                _ways.Add(way);
                sum += way.Weight;
            }
        }

        return sum;
    }

    /// <summary>The processes whose newest event is a last one, after an event of <paramref name="process"/>.</summary>
    private ulong LastWith(int process, ulong last)
    {
        History history = machine.History;
        ReadOnlySpan<ushort> clock = history.Clock(history.Count - 1);
        ulong still = 1UL << process;
        for (ulong rest = last & ~still; rest != 0; rest &= rest - 1)
        {
            int other = BitOperations.TrailingZeroCount(rest);
            still |= history.IsBefore(history.Newest(other), clock) ? 0 : 1UL << other;
        }

        return still;
    }

    private Way Draw(int first, double sum)
    {
        double at = Unit() * sum;
        int i = first;
        for (; i < _ways.Count - 1 && at >= _ways[i].Weight; i++)
        {
            at -= _ways[i].Weight;
        }

        return _ways[i];
    }

    private double Unit() => (_prng.Next() >> 11) * (1.0 / (1UL << 53));

    private readonly record struct Way(int Process, int Alternative, ulong Last)
    {
        internal double Weight => 1.0 / BitOperations.PopCount(Last);
    }
}
