using System.Numerics;
using Sim.Explore.Estimates;
using Sim.Machine;

namespace Sim.Explore.Strategies;

/// <summary>
/// Every interleaving, depth first, up to a bound on preemptions if one is given: no reduction at
/// all, so what it finds depends on nothing but the machine.
/// </summary>
internal sealed class Exhaustive(SimMachine machine, Action? atEnd, ExploreOptions options)
{
    private readonly Tally _tally = new(machine, atEnd, options);
    private Level[] _levels = new Level[256];

    internal ExploreResult Run()
    {
        machine.Start(undoable: true, collectRaces: false, hashing: false);
        bool bounded = options.Preemptions is not null || options.Delays is not null;
        Open(0, -1, 0);
        int depth = 0;
        while (!_tally.IsStopped)
        {
            if (Next(ref _levels[depth], out int process, out int alternative))
            {
                ref Level level = ref _levels[depth];
                int cost = level.Cost + CostOf(ref level, process);
                machine.Step(process, alternative);
                _tally.Step(Share);
                depth++;
                if (machine.Violation is not null && options.StopAtViolation)
                {
                    _tally.CountEnded();
                    break;
                }

                Open(depth, process < machine.FlusherBase ? process : level.LastFiber, cost);
                continue;
            }

            if (depth == 0)
            {
                return _tally.Result(!bounded, bounded ? Verdict.HoldsToBound : Verdict.Complete);
            }

            machine.Undo();
            depth--;
        }

        return _tally.Result(complete: false, Verdict.Stopped);
    }

    private void Open(int depth, int lastFiber, int cost)
    {
        if (depth == _levels.Length)
        {
            Array.Resize(ref _levels, depth * 2);
        }

        ulong enabled = machine.Enabled();
        _levels[depth] = new Level
        {
            Left = enabled,
            LastFiber = lastFiber,
            LastIsEnabled = lastFiber >= 0 && (enabled & (1UL << lastFiber)) != 0,
            Cost = cost,
            Fibers = enabled & ((1UL << (machine.FlusherBase - 1) << 1) - 1),
            Process = -1,
            Count = BitOperations.PopCount(enabled),
        };
        if (enabled == 0)
        {
            _tally.CountExecution();
        }
        else if (depth >= options.MaxSteps)
        {
            Stuck.ReportLong(machine);
            _tally.CountExecution();
            _levels[depth].Left = 0;
        }
    }

    private bool Next(ref Level level, out int process, out int alternative)
    {
        if (level.Process >= 0 && level.Tried < machine.AlternativesOf(level.Process))
        {
            process = level.Process;
            alternative = level.Tried++;
            return true;
        }

        while (level.Left != 0)
        {
            process = level.LastIsEnabled && (level.Left & (1UL << level.LastFiber)) != 0
                ? level.LastFiber
                : BitOperations.TrailingZeroCount(level.Left);
            level.Left &= ~(1UL << process);
            if (level.Cost + CostOf(ref level, process) > (options.Delays ?? options.Preemptions))
            {
                continue;
            }

            level.Process = process;
            level.Tried = 1;
            alternative = 0;
            return true;
        }

        process = alternative = -1;
        return false;
    }

    /// <summary>
    /// What is bounded: a switch away from a fiber that could go on is a preemption; a delay is a fiber that
    /// could run and is passed over. A flush is neither.
    /// </summary>
    private int CostOf(ref Level level, int process)
    {
        if (process >= machine.FlusherBase)
        {
            return 0;
        }

        if (options.Delays is null)
        {
            return level.LastIsEnabled && process != level.LastFiber ? 1 : 0;
        }

        int from = Math.Max(0, level.LastFiber);
        ulong before = (1UL << process) - 1;
        ulong since = ulong.MaxValue << from;
        return BitOperations.PopCount(level.Fibers & (process >= from ? before & since : before | since));
    }

    private Explored Share()
    {
        double share = 0;
        double part = 1;
        for (int depth = 0; depth < machine.StepCount; depth++)
        {
            ref Level level = ref _levels[depth];
            int explored = level.Count - BitOperations.PopCount(level.Left) - 1;
            share += part * explored / level.Count;
            part /= level.Count;
        }

        return new Explored(share, 0);
    }

    private struct Level
    {
        internal ulong Left;
        internal int LastFiber;
        internal int Cost;

        /// <summary>The fibers that can run.</summary>
        internal ulong Fibers;
        internal int Process;
        internal int Tried;
        internal int Count;
        internal bool LastIsEnabled;
    }
}
