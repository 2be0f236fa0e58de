using Sim.Machine.Memory.Views;
using Sim.Machine.State;

namespace Sim.Machine.Processors;

/// <summary>
/// What a step touches, and so which steps it commutes with. This is the dependency relation of the
/// reduction, for steps of different processes: same cell and at least one write; freeing an object
/// writes all its cells and those of its parts; a poller reads all cells it watches. Under TSO a load and a flush of the
/// same processor commute, since the load is served from the buffer before and from memory after.
/// </summary>
internal readonly struct Footprint(int process, Cell? cell, bool write, object? many)
{
    /// <summary>Who takes the step.</summary>
    internal int Process { get; } = process;

    /// <summary>The cell touched, if it is one.</summary>
    internal Cell? Cell { get; } = cell;

    /// <summary>Whether the step changes what it touches.</summary>
    internal bool Write { get; } = write;

    /// <summary>The object that is freed, or the cells that are watched.</summary>
    internal object? Many { get; } = many;

    /// <summary>
    /// Of a load under TSO, how many stores of its own processor to the cell wait. While there is one,
    /// the value comes from the newest of them, whatever others do to the cell.
    /// </summary>
    internal int Waiting { get; init; }

    /// <summary>Whether two steps of different processes do not commute.</summary>
    internal bool Conflicts(in Footprint other, int flusherBase)
    {
        if (Many is null && other.Many is null)
        {
            return (Write || other.Write) && Cell is not null && Cell.Is(other.Cell) &&
                Waiting == 0 && other.Waiting == 0 && !IsOwnFlush(other, flusherBase) && !other.IsOwnFlush(this, flusherBase);
        }

        if (Many is ViewChoice || other.Many is ViewChoice)
        {
            return (Many is ViewChoice && other.Many is ViewChoice) || Whole.Conflicts(other.Whole, flusherBase);
        }

        return Many is null ? other.TouchesAny(this) : TouchesAny(other);
    }

    /// <summary>The step without the choice that it leads to.</summary>
    private Footprint Whole => Many is ViewChoice ? new Footprint(Process, Cell, Write, null) : this;

    private bool IsOwnFlush(in Footprint flush, int flusherBase)
        => !Write && flush.Process == Process + flusherBase;

    private bool TouchesAny(in Footprint other) => Many switch
    {
        MachineObject freed => other.Many switch
        {
            null => freed.Contains(other.Cell?.Owner),
            WatchSet watch => Watches(watch, freed),
            MachineObject also => freed.Contains(also) || also.Contains(freed),
            _ => false,
        },
        WatchSet watch => other.Many switch
        {
            null => other.Write && other.Cell is not null && Watches(watch, other.Cell),
            MachineObject freed => Watches(watch, freed),
            _ => false,
        },
        _ => false,
    };

    private static bool Watches(WatchSet watch, MachineObject owner)
    {
        foreach ((Cell cell, long _) in watch.Entries)
        {
            if (owner.Contains(cell.Owner))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Watches(WatchSet watch, Cell watched)
    {
        foreach ((Cell cell, long _) in watch.Entries)
        {
            if (cell.Is(watched))
            {
                return true;
            }
        }

        return false;
    }
}
