using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Unit.Machine.Ops;

namespace Sim.Unit.Machine.State;

/// <summary>The identity of a state is a function of the state, not of the way to it.</summary>
public sealed class IdentityTests
{
    [Theory]
    [InlineData(MemoryModel.Sc, 1)]
    [InlineData(MemoryModel.Sc, 2)]
    [InlineData(MemoryModel.Tso, 3)]
    [InlineData(MemoryModel.Tso, 4)]
    public void Undoing_any_walk_gives_back_every_identity_on_the_way(MemoryModel memory, int seed)
    {
        var machine = new SimMachine(new MachineOptions { Memory = memory });
        var depot = new Depot(machine);
        machine.Spawn("one", depot.Busy);
        machine.Spawn("two", depot.Busy);
        machine.Start(undoable: true, collectRaces: true, hashing: true);
        var random = new Random(seed);
        var way = new List<(StateId Id, string Picture)> { (machine.Identity(), Picture(depot)) };

        for (int leg = 0; leg < 400; leg++)
        {
            for (int steps = random.Next(40); steps > 0 && machine.Violation is null; steps--)
            {
                StepAtRandom(machine, random);
                way.Add((machine.Identity(), Picture(depot)));
            }

            for (int steps = random.Next(Math.Min(way.Count, 60)); steps > 0; steps--)
            {
                machine.Undo();
                way.RemoveAt(way.Count - 1);
                Assert.Equal(way[^1], (machine.Identity(), Picture(depot)));
            }
        }
    }

    [Fact]
    public void A_walk_repeated_on_another_machine_has_the_same_identities()
    {
        Assert.Equal(Walk(7), Walk(7));
        Assert.NotEqual(Walk(7), Walk(8));

        static List<StateId> Walk(int seed)
        {
            var machine = new SimMachine(new MachineOptions());
            var depot = new Depot(machine);
            machine.Spawn("one", depot.Busy);
            machine.Spawn("two", depot.Busy);
            machine.Start(undoable: false, collectRaces: false, hashing: true);
            var random = new Random(seed);
            var way = new List<StateId>();
            for (int i = 0; i < 200; i++)
            {
                StepAtRandom(machine, random);
                way.Add(machine.Identity());
            }

            return way;
        }
    }

    [Fact]
    public void Independent_steps_lead_to_the_same_state_in_either_order()
    {
        (SimMachine machine, _) = Make((m, d) =>
        {
            m.Spawn("number", cpu => Alternating(cpu, d.Number));
            m.Spawn("seen", cpu => AllocateInto(cpu, d));
        });

        StateId Run(params int[] schedule)
        {
            foreach (int process in schedule)
            {
                machine.Step(process, 0);
            }

            StateId id = machine.Identity();
            Futures.UndoTo(machine, 0);
            return id;
        }

        StateId first = Run(0, 0, 1, 1);
        Assert.Equal(first, Run(1, 1, 0, 0));
        Assert.Equal(first, Run(0, 1, 0, 1));
        Assert.Equal(first, Run(1, 0, 0, 1));
        Assert.NotEqual(first, Run(0, 0, 1));
    }

    [Fact]
    public void The_same_memory_reached_again_by_a_loop_is_the_same_state()
    {
        (SimMachine machine, _) = Make((m, d) => m.Spawn("loop", cpu => Alternating(cpu, d.Number)));
        var seen = new List<StateId>();
        for (int i = 0; i < 8; i++)
        {
            seen.Add(machine.Identity());
            machine.Step(0, 0);
        }

        Assert.Equal(seen[2], seen[4]);
        Assert.Equal(seen[3], seen[5]);
        Assert.NotEqual(seen[2], seen[3]);
    }

    [Fact]
    public void A_local_of_a_suspended_routine_is_part_of_the_state()
    {
        (SimMachine machine, _) = Make((m, d) =>
        {
            m.Spawn("reader", cpu => Remember(cpu, d));
            m.Spawn("writer", cpu => Alternating(cpu, d.Number));
        });
        machine.Step(1, 0);
        machine.Step(0, 0);
        machine.Step(1, 0);
        StateId remembersOne = machine.Identity();
        Futures.UndoTo(machine, 0);

        machine.Step(1, 0);
        machine.Step(1, 0);
        machine.Step(0, 0);
        StateId remembersZero = machine.Identity();

        Assert.NotEqual(remembersOne, remembersZero);
    }

    [Fact]
    public void The_object_that_a_local_points_at_is_part_of_the_state()
    {
        (SimMachine machine, _) = Make((m, d) => m.Spawn("keeper", cpu => KeepOne(cpu, d)));
        machine.Step(0, 0);
        StateId first = machine.Identity();
        machine.Undo();
        machine.Step(0, 1);

        Assert.NotEqual(first, machine.Identity());
    }

    [Fact]
    public void The_caught_exception_of_a_suspended_routine_is_part_of_the_state()
    {
        (SimMachine machine, _) = Make((m, d) => m.Spawn("catcher", cpu => KeepException(cpu, d)));
        machine.Step(0, 0);
        StateId first = machine.Identity();
        machine.Undo();
        machine.Step(0, 1);

        Assert.NotEqual(first, machine.Identity());
    }

    [Fact]
    public void A_store_that_waits_in_a_buffer_is_part_of_the_state()
    {
        var machine = new SimMachine(new MachineOptions { Memory = MemoryModel.Tso });
        var depot = new Depot(machine);
        machine.Spawn("chosen", cpu => StoreChosen(cpu, depot));
        machine.Start(undoable: true, collectRaces: false, hashing: true);
        machine.Step(0, 0);
        StateId first = machine.Identity();
        machine.Undo();
        machine.Step(0, 1);
        Assert.NotEqual(first, machine.Identity());

        machine.Step(machine.FlusherBase, 0);
        Assert.Equal(1, depot.Number.Peek);
        machine.Undo();
        Assert.Equal(0, depot.Number.Peek);
    }

    [Fact]
    public void Freeing_an_object_changes_the_state()
    {
        (SimMachine machine, _) = Make((m, d) => m.Spawn("chosen", cpu => FreeChosen(cpu, d)));
        machine.Step(0, 0);
        machine.Step(0, 0);
        StateId first = machine.Identity();
        Futures.UndoTo(machine, 0);
        machine.Step(0, 1);
        machine.Step(0, 0);

        Assert.NotEqual(first, machine.Identity());
    }

    [Fact]
    public void The_operands_of_a_pending_operation_are_part_of_the_state()
    {
        (SimMachine machine, _) = Make((m, d) =>
        {
            m.Spawn("frees", cpu => FreeChosen(cpu, d));
            m.Spawn("chooses", ChooseTwice);
        });
        for (int process = 0; process < 2; process++)
        {
            machine.Step(process, 0);
            StateId first = machine.Identity();
            machine.Undo();
            machine.Step(process, 1);
            Assert.NotEqual(first, machine.Identity());
        }
    }

    private static async Op Alternating(Cpu cpu, Shared<int> cell)
    {
        while (true)
        {
            await cpu.Store(cell, 1);
            await cpu.Store(cell, 0);
        }
    }

    private static async Op AllocateInto(Cpu cpu, Depot depot)
    {
        await cpu.Yield();
        await cpu.Store(depot.Goods, new Crate(depot.Machine));
    }

    private static async Op Remember(Cpu cpu, Depot depot)
    {
        int seen = await cpu.Load(depot.Number);
        await cpu.Yield();
        await cpu.Store(depot.Seen, seen);
    }

    private static async Op KeepOne(Cpu cpu, Depot depot)
    {
        Crate kept = depot.List.PeekAt(await cpu.Choose(2));
        await cpu.Yield();
        await cpu.Store(kept.Content, 1);
    }

    private static async Op KeepException(Cpu cpu, Depot depot)
    {
        try
        {
            int chosen = await cpu.Choose(2);
            throw new ToyException(chosen == 0 ? "zero" : "one");
        }
        catch (ToyException e)
        {
            await cpu.Yield();
            await cpu.Store(depot.Seen, e.Message.Length);
        }
    }

    private static async Op StoreChosen(Cpu cpu, Depot depot)
    {
        await cpu.Store(depot.Number, await cpu.Choose(2));
        await cpu.Yield();
    }

    private static async Op FreeChosen(Cpu cpu, Depot depot)
    {
        int chosen = await cpu.Choose(2);
        await cpu.Free(depot.List.PeekAt(chosen));
        await cpu.Yield();
    }

    private static async Op ChooseTwice(Cpu cpu) => await cpu.Choose(await cpu.Choose(2) + 2);

    private static void StepAtRandom(SimMachine machine, Random random)
    {
        List<int> enabled = [];
        for (int process = 0; process < 64; process++)
        {
            if (machine.IsEnabled(process))
            {
                enabled.Add(process);
            }
        }

        int chosen = enabled[random.Next(enabled.Count)];
        machine.Step(chosen, random.Next(machine.AlternativesOf(chosen)));
    }

    private static string Picture(Depot depot)
        => $"{depot.Number.Peek} {depot.Small.Peek} {depot.Seen.Peek} {depot.Goods.Peek} {depot.Kept.Peek} " +
            $"{depot.KeptGoods.Peek} [{string.Join(' ', Items(depot.List).Select(item => $"{item} {item.IsFreed}"))}] " +
            $"{string.Join(' ', depot.Machine.AllFibers.Select(fiber => fiber.Held.Count))} " +
            $"{depot.Machine.Violation?.Message}";

    private static IEnumerable<Crate> Items(MachineList<Crate> list)
        => Enumerable.Range(0, list.PeekCount).Select(list.PeekAt);

    private static (SimMachine Machine, Depot Depot) Make(Action<SimMachine, Depot> fibers)
    {
        var machine = new SimMachine(new MachineOptions());
        var depot = new Depot(machine);
        fibers(machine, depot);
        Fiber stock = machine.Spawn("stock", _ => Op.Done);
        depot.List.Add(stock.Cpu, new Crate(machine));
        depot.List.Add(stock.Cpu, new Crate(machine));
        machine.Start(undoable: true, collectRaces: false, hashing: true);
        return (machine, depot);
    }
}
