using FsCheck.Xunit;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Properties;

/// <summary>A machine's list against a plain one, in both modes; what is undone comes back.</summary>
public sealed class MachineListProperties
{
    private const int Items = 40;

    /// <summary>Short and long, with and without items that are there twice.</summary>
    [Property(MaxTest = 300, Replay = "20261123,1")]
    public void A_list_in_direct_mode_is_a_list(byte[] changes, bool twice) => CheckDirect([.. Grow(), .. changes], twice);

    /// <summary>As above, from an empty list.</summary>
    [Property(MaxTest = 300, Replay = "20261123,3")]
    public void A_short_list_in_direct_mode_is_a_list(byte[] changes, bool twice) => CheckDirect(changes, twice);

    /// <summary>The same in explored mode, and back.</summary>
    [Property(MaxTest = 300, Replay = "20261123,5")]
    public void A_list_in_explored_mode_is_a_list_and_can_be_undone(byte[] changes, bool twice, bool hashing)
    {
        var machine = new SimMachine(new MachineOptions());
        var shelf = new Shelf(machine, twice);
        Fiber fiber = machine.Spawn("changer", shelf.Run);
        machine.Start(undoable: true, collectRaces: false, hashing);
        var way = new List<int[]>();
        foreach (byte change in changes)
        {
            way.Add(shelf.Content);
            machine.Step(0, change);
            shelf.Check(fiber.Cpu);
        }

        for (int i = changes.Length - 1; i >= 0; i--)
        {
            machine.Undo();
            Assert.Equal(way[i], shelf.Content);
        }
    }

    private static void CheckDirect(byte[] changes, bool twice)
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var shelf = new Shelf(machine, twice);
        foreach (byte change in changes)
        {
            shelf.Apply(machine.BootCpu, change);
            shelf.Check(machine.BootCpu);
        }
    }

    private static IEnumerable<byte> Grow() => Enumerable.Range(0, 30).Select(i => (byte)(i * 5));

    private sealed class Item(SimMachine machine) : MachineObject(machine, "item");

    /// <summary>A list, and what should be in it.</summary>
    private sealed class Shelf : MachineObject
    {
        private readonly List<Item> _items = [];
        private readonly List<int> _model = [];
        private readonly MachineList<Item> _list;
        private readonly bool _twice;

        internal Shelf(SimMachine machine, bool twice)
            : base(machine, "shelf")
        {
            _twice = twice;
            _items.AddRange(Enumerable.Range(0, Items).Select(_ => new Item(machine)));
            _list = new MachineList<Item>(this, "list", null);
        }

        /// <summary>What the machine's list holds.</summary>
        internal int[] Content => [.. Enumerable.Range(0, _list.PeekCount).Select(i => _items.IndexOf(_list.PeekAt(i)))];

        internal async Op Run(Cpu cpu)
        {
            while (true)
            {
                Apply(cpu, await cpu.Choose(255));
            }
        }

        /// <summary>One change; which one, and of which item, is in the number.</summary>
        internal void Apply(Cpu cpu, int change)
        {
            (int item, int what) = (change / 5 % Items, change % 5);
            if (what >= 3)
            {
                Assert.Equal(_model.Remove(item), _list.Remove(cpu, _items[item]));
            }
            else if (_twice || !_model.Contains(item))
            {
                int index = what == 0 ? _model.Count : what == 1 ? 0 : change % (_model.Count + 1);
                _model.Insert(index, item);
                Insert(cpu, what, index, _items[item]);
            }
        }

        internal void Check(Cpu cpu)
        {
            Assert.Equal(_model, Content);
            Assert.Equal(_model.Count, _list.Count(cpu));
            Assert.Equal(_model.Count == 0, _list.IsEmpty(cpu));
            Assert.Same(At(0), _list.First(cpu));
            Assert.Same(At(_model.Count - 1), _list.Last(cpu));
            for (int item = 0; item < Items; item++)
            {
                int index = _model.IndexOf(item);
                Assert.Equal(index >= 0, _list.Contains(cpu, _items[item]));
                if (index >= 0)
                {
                    Assert.Same(At(index + 1), _list.After(cpu, _items[item]));
                    Assert.Same(At(index), _list.At(cpu, index));
                }
                else
                {
                    Assert.Throws<InvalidOperationException>(() => _list.After(cpu, _items[item]));
                }
            }
        }

        private Item? At(int index) => index >= 0 && index < _model.Count ? _items[_model[index]] : null;

        private void Insert(Cpu cpu, int what, int index, Item item)
        {
            switch (what)
            {
                case 0:
                    _list.Add(cpu, item);
                    break;
                case 1:
                    _list.AddFirst(cpu, item);
                    break;
                default:
                    _list.Insert(cpu, index, item);
                    break;
            }
        }
    }
}
