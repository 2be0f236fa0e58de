using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Unit.Machine.Ops;

namespace Sim.Unit.Machine.State;

/// <summary>A list behaves as a list, and every change of it can be taken back.</summary>
public sealed class MachineListTests
{
    [Fact]
    public void Random_changes_match_a_model_and_undo_in_reverse()
    {
        var machine = new SimMachine(new MachineOptions());
        var shelf = new Shelf(machine);
        machine.Spawn("changer", shelf.Change);
        machine.Start(undoable: true, collectRaces: false, hashing: true);
        var random = new Random(5);
        var way = new List<(StateId Id, string Items)> { (machine.Identity(), shelf.Picture()) };
        var model = new List<int>();

        for (int i = 0; i < 500; i++)
        {
            int choice = random.Next(Shelf.Choices);
            Shelf.Apply(model, choice);
            machine.Step(0, choice);
            way.Add((machine.Identity(), shelf.Picture()));
            Assert.Equal(string.Join(' ', model), shelf.Picture());
        }

        for (int i = 499; i >= 0; i--)
        {
            machine.Undo();
            Assert.Equal(way[i], (machine.Identity(), shelf.Picture()));
        }
    }

    [Fact]
    public void Equal_content_is_equal_identity_whatever_the_way()
    {
        var machine = new SimMachine(new MachineOptions());
        var shelf = new Shelf(machine);
        machine.Spawn("changer", shelf.Change);
        machine.Start(undoable: true, collectRaces: false, hashing: true);
        machine.Step(0, Shelf.AddAtEnd + 0);
        machine.Step(0, Shelf.AddAtEnd + 1);
        (StateId id, string items) = (machine.Identity(), shelf.Picture());
        Futures.UndoTo(machine, 0);

        // The same last choice: an unoptimised routine keeps it in a temporary of the compiler's.
        machine.Step(0, Shelf.AddInFront + 2);
        machine.Step(0, Shelf.AddInFront + 0);
        machine.Step(0, Shelf.TakeOut + 2);
        machine.Step(0, Shelf.AddAtEnd + 1);

        Assert.Equal(items, shelf.Picture());
        Assert.Equal(id, machine.Identity());
    }

    [Fact]
    public void Coming_and_going_in_a_long_list_allocates_nothing_in_direct_mode()
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        Cpu cpu = machine.BootCpu;
        var owner = new Crate(machine);
        var list = new MachineList<Crate>(owner, "list", null);
        Crate[] crates = [.. Enumerable.Range(0, 10_000).Select(_ => new Crate(machine))];
        foreach (Crate crate in crates)
        {
            list.Add(cpu, crate);
        }

        ComeAndGo(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ComeAndGo(50_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(crates.Length, list.PeekCount);

        void ComeAndGo(int times)
        {
            for (int i = 0; i < times; i++)
            {
                (Crate one, Crate other) = (crates[i % crates.Length], crates[(i + 7) % crates.Length]);
                list.Remove(cpu, one);
                list.Remove(cpu, other);
                list.AddFirst(cpu, one);
                list.Add(cpu, other);
            }
        }
    }

    private sealed class Shelf : MachineObject
    {
        internal const int AddAtEnd = 0;
        internal const int AddInFront = 4;
        internal const int TakeOut = 8;
        internal const int Choices = 12;

        private readonly Crate[] _crates;
        private readonly MachineList<Crate> _list;

        internal Shelf(SimMachine machine)
            : base(machine, "shelf")
        {
            _crates = [new(machine), new(machine), new(machine), new(machine)];
            _list = new MachineList<Crate>(this, "list", null);
        }

        internal static void Apply(List<int> model, int choice)
        {
            if (choice >= TakeOut)
            {
                model.Remove(choice - TakeOut);
            }
            else if (choice >= AddInFront)
            {
                model.Insert(0, choice - AddInFront);
            }
            else
            {
                model.Add(choice);
            }
        }

        internal string Picture()
            => string.Join(' ', Enumerable.Range(0, _list.PeekCount)
                .Select(i => Array.IndexOf(_crates, _list.PeekAt(i))));

        internal async Op Change(Cpu cpu)
        {
            while (true)
            {
                Change(cpu, await cpu.Choose(Choices));
            }
        }

        private void Change(Cpu cpu, int choice)
        {
            if (choice >= TakeOut)
            {
                _list.Remove(cpu, _crates[choice - TakeOut]);
            }
            else if (choice >= AddInFront)
            {
                _list.Insert(cpu, 0, _crates[choice - AddInFront]);
            }
            else
            {
                _list.Add(cpu, _crates[choice]);
            }
        }
    }
}
