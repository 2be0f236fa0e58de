using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Unit.Machine.State;

namespace Sim.Unit.Machine.Direct;

/// <summary>In direct mode a fiber that cannot go on sleeps until a write lets it.</summary>
public sealed class BlockingTests
{
    [Fact]
    public void A_store_wakes_who_waits_for_that_value_and_nobody_else()
    {
        var shop = new Workshop();
        SimMachine machine = shop.Machine;
        machine.Spawn("one", cpu => shop.WaitAtDoor(cpu, 1));
        machine.Spawn("two", cpu => shop.WaitAtDoor(cpu, 2));

        Assert.False(machine.Run());
        machine.Spawn("opener", cpu => shop.OpenDoor(cpu, 2));
        Assert.False(machine.Run());
        Assert.Equal("opener two", shop.Story);
        Assert.Equal(1, machine.LiveFibers);

        machine.Spawn("opener", cpu => shop.OpenDoor(cpu, 1));
        Assert.True(machine.Run());
        Assert.Equal("opener two opener one", shop.Story);
    }

    [Fact]
    public void A_host_wakes_a_fiber_between_two_runs()
    {
        var shop = new Workshop();
        shop.Machine.Spawn("one", cpu => shop.WaitAtDoor(cpu, 1));
        Assert.False(shop.Machine.Run());

        shop.AtOnce(cpu => shop.OpenDoor(cpu, 1));

        Assert.True(shop.Machine.HasRunnable);
        Assert.True(shop.Machine.Run());
    }

    [Fact]
    public void Waiters_go_on_in_the_order_in_which_they_came_whatever_they_wait_for()
    {
        var shop = new Workshop();
        SimMachine machine = shop.Machine;
        machine.Spawn("a", cpu => shop.WaitAtDoor(cpu, 1));
        machine.Spawn("b", shop.Watch);
        machine.Spawn("c", cpu => shop.WaitAtDoor(cpu, 1));
        machine.Spawn("d", shop.Watch);
        machine.Spawn("opener", cpu => shop.OpenDoor(cpu, 1));

        Assert.True(machine.Run());
        Assert.Equal("opener a b10 c d10", shop.Story);
    }

    [Fact]
    public void Who_finds_the_word_changed_back_keeps_its_place()
    {
        var shop = new Workshop();
        SimMachine machine = shop.Machine;
        machine.Spawn("a", cpu => shop.WaitAtDoor(cpu, 1));
        machine.Run();
        machine.Spawn("opener", cpu => Flicker(cpu, shop));
        machine.Spawn("b", cpu => shop.WaitAtDoor(cpu, 1));
        Assert.False(machine.Run());

        machine.Spawn("opener", cpu => shop.OpenDoor(cpu, 1));

        Assert.True(machine.Run());
        Assert.Equal("opener a b", shop.Story);
    }

    [Fact]
    public void A_poller_wakes_for_any_of_its_words_and_leaves_the_others()
    {
        foreach (int word in (int[])[0, 1, 2])
        {
            var shop = new Workshop();
            SimMachine machine = shop.Machine;
            machine.Spawn("poller", shop.Watch);
            Assert.False(machine.Run());
            Assert.Empty(shop.Diary);

            machine.Spawn("writer", cpu => Change(cpu, shop, word));

            Assert.True(machine.Run());
            Assert.Single(shop.Diary);
            Assert.All((Cell[])[shop.Door, shop.Bell, shop.Bench], cell => Assert.Null(cell.Waiting));
        }
    }

    [Fact]
    public void A_poller_that_looks_again_and_again_leaves_nothing_behind_at_the_quiet_word()
    {
        var shop = new Workshop();
        SimMachine machine = shop.Machine;
        machine.Spawn("poller", cpu => PollFor(cpu, shop, 1000));
        machine.Spawn("ringer", cpu => Ring(cpu, shop, 1000));

        Assert.True(machine.Run());
        Assert.Null(shop.Door.Waiting);
    }

    [Fact]
    public void A_lock_lets_one_fiber_in_at_a_time_and_all_in_turn()
    {
        const int Fibers = 1000;
        var shop = new Workshop();
        SimMachine machine = shop.Machine;
        for (int i = 0; i < Fibers; i++)
        {
            machine.Spawn($"{i}", shop.Pass);
        }

        Assert.True(machine.Run());
        Assert.Equal(string.Join(' ', Enumerable.Range(0, Fibers)), shop.Story);

        // A release wakes one waiter, not all: else this is a million.
        Assert.InRange(machine.Direct.GuardsChecked, Fibers, 10 * Fibers);
        Assert.InRange(machine.Direct.Turns, Fibers, 5 * Fibers);
    }

    [Fact]
    public void Readers_and_writers_of_one_word_all_get_through()
    {
        var shop = new Workshop();
        SimMachine machine = shop.Machine;
        for (int i = 0; i < 50; i++)
        {
            machine.Spawn($"w{i}", shop.Pass);
            machine.Spawn($"r{i}", cpu => shop.WaitAtDoor(cpu, 0));
        }

        Assert.True(machine.Run());
        Assert.Equal(100, shop.Diary.Count);
    }

    [Fact]
    public void Who_was_let_through_and_changes_nothing_lets_the_next_one_through()
    {
        var shop = new Workshop();
        SimMachine machine = shop.Machine;
        machine.Spawn("a", cpu => Try(cpu, shop));
        machine.Spawn("b", cpu => Try(cpu, shop));
        machine.Spawn("opener", cpu => shop.OpenDoor(cpu, 4));

        Assert.True(machine.Run());
        Assert.Equal("opener a b", shop.Story);
    }

    [Fact]
    public void Blocked_fibers_cost_those_that_run_nothing()
    {
        long alone = Work(0);

        Assert.Equal(alone, Work(10_000));

        static long Work(int sleepers)
        {
            var shop = new Workshop();
            SimMachine machine = shop.Machine;
            var beds = new List<Crate>();
            for (int i = 0; i < sleepers; i++)
            {
                var bed = new Crate(machine);
                beds.Add(bed);
                machine.Spawn("sleeper", cpu => Sleep(cpu, bed));
            }

            machine.Run();
            Assert.Equal(sleepers, machine.LiveFibers);
            (long turns, long guards) = (machine.Direct.Turns, machine.Direct.GuardsChecked);
            machine.Spawn("waiter", cpu => PollFor(cpu, shop, 100));
            machine.Spawn("ringer", cpu => Ring(cpu, shop, 100));
            machine.Run();
            long cost = machine.Direct.Turns - turns + machine.Direct.GuardsChecked - guards;

            beds.ForEach(bed => machine.Spawn("waker", cpu => Rouse(cpu, bed)));
            Assert.True(machine.Run());
            return cost;
        }
    }

    [Fact]
    public void The_same_program_takes_the_same_turns()
    {
        Assert.Equal(Story(), Story());

        static string Story()
        {
            var shop = new Workshop();
            for (int i = 0; i < 20; i++)
            {
                int value = i % 3;
                shop.Machine.Spawn($"w{i}", cpu => shop.WaitAtDoor(cpu, value));
                shop.Machine.Spawn($"o{i}", cpu => shop.OpenDoor(cpu, value));
                shop.Machine.Spawn($"y{i}", cpu => shop.YieldTimes(cpu, value));
            }

            shop.Machine.Run();
            return shop.Story;
        }
    }

    private static async Op Flicker(Cpu cpu, Workshop shop)
    {
        await cpu.Store(shop.Door, 1);
        await cpu.Store(shop.Door, 0);
    }

    private static async Op Change(Cpu cpu, Workshop shop, int word)
    {
        if (word == 2)
        {
            await cpu.Store(shop.Bench, new Crate(shop.Machine));
        }
        else
        {
            await cpu.Rmw(word == 0 ? shop.Door : shop.Bell, RmwKind.Add, 1);
        }
    }

    private static async Op PollFor(Cpu cpu, Workshop shop, int value)
    {
        int seen = await cpu.Load(shop.Bell);
        while (seen < value)
        {
            await cpu.Watch(WatchSet.Empty.With(shop.Door, 0).With(shop.Bell, seen));
            seen = await cpu.Load(shop.Bell);
        }
    }

    private static async Op Ring(Cpu cpu, Workshop shop, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await cpu.Rmw(shop.Bell, RmwKind.Add, 1);
            await cpu.Yield();
        }
    }

    /// <summary>A guarded exchange that finds nothing to do: the operand is the guard's too.</summary>
    private static async Op Try(Cpu cpu, Workshop shop)
    {
        await cpu.RmwWhen(shop.Door, GuardKind.NotEqual, 0, RmwKind.CompareExchange, 5);
        shop.Write(cpu);
    }

    private static async Op Sleep(Cpu cpu, Crate bed) => await cpu.LoadWhen(bed.Content, GuardKind.NotEqual, 0);

    private static async Op Rouse(Cpu cpu, Crate bed) => await cpu.Store(bed.Content, 1);
}
