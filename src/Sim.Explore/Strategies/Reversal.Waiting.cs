using Sim.Machine.Processors;
using Sim.Machine.Races;

namespace Sim.Explore.Strategies;

/// <content>Loads that are served from a store buffer: how many stores of their own processor wait where they stand.</content>
internal sealed partial class Reversal
{
    /// <summary>A step comes before all that are left: loads of its own processor find a flush done.</summary>
    internal void Precede(in Footprint step)
    {
        if (machine.BuffersStores)
        {
            Precede(in step, _count);
        }
    }

    private bool CommutesWithAll(Footprint footprint, int end)
    {
        for (int i = _begin; i < end; i++)
        {
            if (_entries[i].Removed)
            {
                continue;
            }

            Footprint other = FootprintAt(i);
            if (footprint.Waiting > 0 && IsOwnFlush(footprint, other))
            {
                footprint = footprint with { Waiting = footprint.Waiting - 1 };
            }
            else if (other.Conflicts(footprint, machine.FlusherBase))
            {
                return false;
            }
        }

        return true;
    }

    private void Precede(in Footprint step, int end)
    {
        for (int i = _begin; i < end; i++)
        {
            if (_entries[i].Waiting > 0 && IsOwnFlush(FootprintAt(i), step))
            {
                _entries[i].Waiting--;
            }
        }
    }

    private bool IsOwnFlush(in Footprint load, in Footprint flush)
        => flush.Process == load.Process + machine.FlusherBase && flush.Cell!.Is(load.Cell);

    /// <summary>
    /// What a load finds where it stands among the steps that reverse the race: one that is now before
    /// a flush of its own processor is served from the buffer.
    /// </summary>
    private void CountWaiting(int first, int second)
    {
        ref readonly Event early = ref _history.Events[first];
        for (int i = 0; i < _count; i++)
        {
            ref Entry entry = ref _entries[i];
            ref readonly Event e = ref _history.Events[entry.Event];
            if (e.Op.Kind != OpKind.Load || e.Op.Guard != GuardKind.None)
            {
                continue;
            }

            Footprint load = _history.FootprintOf(entry.Event);
            for (int k = first; k < entry.Event; k++)
            {
                bool isLater = k == first || k == second || _history.Knows(k, early.Process, early.Sequence);
                if (isLater && IsOwnFlush(load, _history.FootprintOf(k)))
                {
                    entry.Waiting++;
                }
            }
        }
    }
}
