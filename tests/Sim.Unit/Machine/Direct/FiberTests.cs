using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Unit.Machine.State;

namespace Sim.Unit.Machine.Direct;

/// <summary>In direct mode fibers are many, take turns, and are used again.</summary>
public sealed class FiberTests
{
    [Fact]
    public void A_yield_lets_every_other_fiber_that_can_run_go_first()
    {
        var shop = new Workshop();
        shop.Machine.Spawn("a", cpu => shop.YieldTimes(cpu, 3));
        shop.Machine.Spawn("b", cpu => shop.YieldTimes(cpu, 2));
        shop.Machine.Spawn("c", cpu => shop.YieldTimes(cpu, 3));

        Assert.True(shop.Machine.Run());
        Assert.Equal("a0 b0 c0 a1 b1 c1 a2 c2", shop.Story);
    }

    [Fact]
    public void A_fiber_that_polls_sees_what_a_later_one_does()
    {
        var shop = new Workshop();
        shop.Machine.Spawn("poller", cpu => Poll(cpu, shop));
        shop.Machine.Spawn("opener", cpu => shop.OpenDoor(cpu, 1));

        Assert.True(shop.Machine.Run());
    }

    [Fact]
    public void A_run_of_limited_turns_comes_back_from_fibers_that_go_on_for_ever()
    {
        var shop = new Workshop();
        shop.Machine.Spawn("poller", cpu => Poll(cpu, shop));

        Assert.False(shop.Machine.Run(100));
        Assert.True(shop.Machine.HasRunnable);
        shop.Machine.Spawn("opener", cpu => shop.OpenDoor(cpu, 1));
        Assert.True(shop.Machine.Run(100));
        Assert.False(shop.Machine.HasRunnable);
    }

    [Fact]
    public void A_fiber_starts_others_which_run_after_those_that_wait_already()
    {
        var shop = new Workshop();
        shop.Machine.Spawn("parent", cpu => Fork(cpu, shop));
        shop.Machine.Spawn("other", cpu => shop.YieldTimes(cpu, 1));

        Assert.True(shop.Machine.Run());
        Assert.Equal("parent other0 child0", shop.Story);
    }

    [Fact]
    public void An_object_can_be_what_a_fiber_runs()
    {
        var shop = new Workshop();
        shop.Machine.Spawn("worker", new Worker(shop));
        Assert.True(shop.Machine.Run());

        var machine = new SimMachine(new MachineOptions());
        var crate = new Crate(machine);
        machine.Spawn("filler", new Filler(crate));
        machine.Start(undoable: false, collectRaces: false, hashing: false);
        machine.Step(0, 0);

        Assert.Equal("worker0", shop.Story);
        Assert.Equal(3, crate.Content.Peek);
    }

    [Fact]
    public void An_ended_fiber_comes_back_as_the_next_one()
    {
        var shop = new Workshop();
        SimMachine machine = shop.Machine;
        machine.Spawn("sleeper", cpu => shop.WaitAtDoor(cpu, 1));
        for (int i = 0; i < 100; i++)
        {
            Fiber fiber = machine.Spawn($"{i}", cpu => shop.YieldTimes(cpu, 1));
            Assert.Equal((1, $"{i}", false), (fiber.Index, fiber.Name, fiber.IsFinished));
            Assert.Null(fiber.Cpu.Current);
            fiber.Cpu.Current = shop;
            machine.Run();
            Assert.True(fiber.IsFinished);
        }

        Assert.Equal(2, machine.AllFibers.Count);
        Assert.Equal(1, machine.LiveFibers);
    }

    [Fact]
    public void A_fiber_that_ends_in_the_middle_of_its_routines_is_used_again()
    {
        var shop = new Workshop();
        SimMachine machine = shop.Machine;
        for (int i = 0; i < 10; i++)
        {
            machine.Spawn("short", cpu => EndInside(cpu, shop));
            Assert.True(machine.Run());
        }

        Assert.Equal("short short short short short short short short short short", shop.Story);
        Assert.Single(machine.AllFibers);
    }

    [Fact]
    public void A_fiber_becomes_another_and_blocks_and_wakes_as_that()
    {
        var shop = new Workshop();
        SimMachine machine = shop.Machine;
        machine.Spawn("first", cpu => BecomeWaiter(cpu, shop));
        machine.Spawn("second", cpu => BecomeWorker(cpu, shop));
        Assert.False(machine.Run());
        Assert.Equal("second0", shop.Story);

        machine.Spawn("opener", cpu => shop.OpenDoor(cpu, 1));
        Assert.True(machine.Run());
        Assert.Equal("second0 opener first", shop.Story);
    }

    [Fact]
    public void What_a_routine_throws_reaches_the_host_and_ends_that_fiber_only()
    {
        var shop = new Workshop();
        SimMachine machine = shop.Machine;
        machine.Spawn("sleeper", cpu => shop.WaitAtDoor(cpu, 1));
        machine.Spawn("clumsy", Stumble);
        machine.Spawn("opener", cpu => shop.OpenDoor(cpu, 1));

        Assert.Throws<DivideByZeroException>(() => machine.Run());
        Assert.Equal("opener", shop.Story);
        Assert.Equal(1, machine.LiveFibers);
        Assert.True(machine.Run());
        Assert.Equal("opener sleeper", shop.Story);
    }

    [Fact]
    public void Starting_blocking_waking_and_ending_a_fiber_allocate_nothing_once_warm()
    {
        var shop = new Workshop();
        SimMachine machine = shop.Machine;
        var sleeper = new Sleeper(shop);
        var waker = new Waker(shop);
        Round(10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Round(1000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.SkipUnless(RoutineShape.IsValueType, "a state machine that is a class is made on the heap");

        Assert.Equal(0, allocated);

        void Round(int times)
        {
            for (int i = 0; i < times; i++)
            {
                machine.Spawn("sleeper", sleeper);
                machine.Spawn("waker", waker);
                Assert.True(machine.Run());
            }
        }
    }

    [Fact]
    public void A_hundred_thousand_fibers_live_at_once()
    {
        const int Fibers = 100_000;
        var shop = new Workshop();
        SimMachine machine = shop.Machine;
        var sleeper = new Sleeper(shop);
        for (int i = 0; i < Fibers; i++)
        {
            machine.Spawn("sleeper", sleeper);
        }

        Assert.False(machine.Run());
        Assert.Equal((Fibers, Fibers), (machine.LiveFibers, machine.AllFibers.Count));
        machine.Spawn("waker", new Waker(shop));
        Assert.True(machine.Run());
        Assert.Equal((2 * Fibers) + 2, machine.Direct.Turns);
    }

    private static Type RoutineShape
        => typeof(Sleeper).GetMethod(nameof(Sleeper.Run))!
            .GetCustomAttributes(typeof(System.Runtime.CompilerServices.AsyncStateMachineAttribute), false)
            .Cast<System.Runtime.CompilerServices.AsyncStateMachineAttribute>().Single().StateMachineType;

    private static async Op Poll(Cpu cpu, Workshop shop)
    {
        while (await cpu.Load(shop.Door) == 0)
        {
            await cpu.Yield();
        }
    }

    private static async Op Fork(Cpu cpu, Workshop shop)
    {
        cpu.Machine.Spawn("child", new Worker(shop));
        shop.Write(cpu);
        await cpu.Yield();
    }

    private static async Op EndInside(Cpu cpu, Workshop shop)
    {
        await EndNow(cpu, shop);
        shop.Diary.Add("not reached");
    }

    private static async Op EndNow(Cpu cpu, Workshop shop)
    {
        await cpu.Yield();
        shop.Write(cpu);
        await cpu.End();
    }

    private static async Op BecomeWaiter(Cpu cpu, Workshop shop)
    {
        await cpu.Yield();
        await cpu.Become(WaiterOf(shop));
    }

    private static Func<Cpu, Op> WaiterOf(Workshop shop) => cpu => shop.WaitAtDoor(cpu, 1);

    private static async Op BecomeWorker(Cpu cpu, Workshop shop) => await cpu.Become(new Worker(shop));

    private static async Op Stumble(Cpu cpu)
    {
        await cpu.Yield();
        throw new DivideByZeroException();
    }

    [MachineOwned]
    private sealed class Worker(Workshop shop) : IRoutine
    {
        public Op Run(Cpu cpu) => shop.YieldTimes(cpu, 1);
    }

    [MachineOwned]
    private sealed class Filler(Crate crate) : IRoutine
    {
        public async Op Run(Cpu cpu) => await cpu.Store(crate.Content, 3);
    }

    /// <summary>Waits, one routine deep in another, until the door is open.</summary>
    [MachineOwned]
    private sealed class Sleeper(Workshop shop) : IRoutine
    {
        public async Op Run(Cpu cpu) => await Sleep(cpu);

        private async Op<int> Sleep(Cpu cpu) => await cpu.LoadWhen(shop.Door, GuardKind.NotEqual, 0);
    }

    /// <summary>Opens the door and shuts it when everybody had the time to pass.</summary>
    [MachineOwned]
    private sealed class Waker(Workshop shop) : IRoutine
    {
        public async Op Run(Cpu cpu)
        {
            await cpu.Store(shop.Door, 1);
            await cpu.Yield();
            await cpu.Store(shop.Door, 0);
        }
    }
}
