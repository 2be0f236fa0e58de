using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Oracle.Running;

/// <summary>Something that several fibers add to, in the order in which they do: a list of an observer.</summary>
internal sealed class Chain<T> : MachineObject
    where T : ChainItem
{
    private readonly Ghost<int> _clock;
    private readonly GhostRef<ChainItem> _newest;

    internal Chain(SimMachine machine, string label)
        : base(machine, "chain", label)
    {
        _clock = new Ghost<int>(this, "clock");
        _newest = new GhostRef<ChainItem>(this, "newest");
    }

    /// <summary>The items, newest first.</summary>
    internal IEnumerable<T> Peek()
    {
        for (ChainItem? item = _newest.Peek; item is not null; item = item.Before.Peek)
        {
            yield return (T)item;
        }
    }

    /// <summary>Appends an item, in a step that the order of all such steps decides.</summary>
    internal async Op Add(Cpu cpu, T item)
    {
        await cpu.Rmw(_clock, RmwKind.Add, 1);
        Preset(item);
    }

    /// <summary>Appends an item while the world is set up.</summary>
    internal void Preset(T item)
    {
        item.Before.Note(_newest.Peek);
        _newest.Note(item);
    }
}

/// <summary>An item of a <see cref="Chain{T}"/>.</summary>
internal abstract class ChainItem : MachineObject
{
    protected ChainItem(SimMachine machine, string kind)
        : base(machine, kind)
        => Before = new GhostRef<ChainItem>(this, "before");

    /// <summary>The item that was added before.</summary>
    internal GhostRef<ChainItem> Before { get; }
}
