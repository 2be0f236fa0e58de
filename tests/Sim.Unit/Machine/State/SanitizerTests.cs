using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Unit.Machine.Ops;

namespace Sim.Unit.Machine.State;

/// <summary>Lifetimes, locks and order are checked at every access, in every mode of exploration.</summary>
public sealed class SanitizerTests
{
    [Theory]
    [InlineData("load")]
    [InlineData("store")]
    [InlineData("add")]
    [InlineData("compare and exchange")]
    public void Touching_a_freed_object_is_a_use_after_free(string access)
    {
        SimMachine machine = Make((m, d) =>
        {
            var crate = new Crate(m);
            m.Spawn("owner", cpu => Free(cpu, crate));
            m.Spawn("user", cpu => Touch(cpu, crate, access));
        });
        machine.Step(1, 0);
        Assert.Null(machine.Violation);
        machine.Undo();

        machine.Step(0, 0);
        machine.Step(1, 0);
        Assert.Equal("KASAN", machine.Violation?.Guarantee);
        Assert.Contains("use after free: crate[", machine.Violation!.Message, StringComparison.Ordinal);

        Futures.UndoTo(machine, 0);
        Assert.Null(machine.Violation);
        machine.Step(1, 0);
        machine.Step(0, 0);
        Assert.Null(machine.Violation);
    }

    [Fact]
    public void A_store_that_reaches_a_freed_object_from_a_buffer_is_a_use_after_free()
    {
        SimMachine machine = Make(
            (m, d) =>
            {
                var crate = new Crate(m);
                m.Spawn("owner", cpu => Free(cpu, crate));
                m.Spawn("user", cpu => StoreLate(cpu, crate));
            },
            MemoryModel.Tso);
        machine.Step(1, 0);
        machine.Step(0, 0);
        Assert.Null(machine.Violation);
        machine.Step(machine.FlusherBase + 1, 0);

        Assert.Equal("KASAN", machine.Violation?.Guarantee);
    }

    [Fact]
    public void Freeing_twice_is_a_double_free()
    {
        SimMachine machine = Make((m, d) =>
        {
            var crate = new Crate(m);
            m.Spawn("one", cpu => Free(cpu, crate));
            m.Spawn("two", cpu => Free(cpu, crate));
        });
        for (int first = 0; first < 2; first++)
        {
            machine.Step(first, 0);
            Assert.Null(machine.Violation);
            machine.Step(1 - first, 0);
            Assert.Contains("double free", machine.Violation!.Message, StringComparison.Ordinal);
            Futures.UndoTo(machine, 0);
        }
    }

    [Fact]
    public void A_guarded_word_asks_for_its_lock()
    {
        SimMachine machine = Make((m, d) =>
        {
            m.Spawn("careful", cpu => SetLocked(cpu, d));
            m.Spawn("careless", cpu => SetUnlocked(cpu, d));
        });
        for (int i = 0; i < 3; i++)
        {
            machine.Step(0, 0);
        }

        Assert.Null(machine.Violation);
        machine.Step(1, 0);
        Assert.Equal("LOCKDEP", machine.Violation?.Guarantee);
        Assert.Contains("careless writes depot[", machine.Violation!.Message, StringComparison.Ordinal);
        Assert.Contains("without holding lock[", machine.Violation!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guarded_list_asks_for_its_lock()
    {
        SimMachine machine = Make((m, d) => m.Spawn("careless", cpu => CountUnlocked(cpu, d)));
        machine.Step(0, 0);

        Assert.Equal("LOCKDEP", machine.Violation?.Guarantee);
        Assert.Contains(".list", machine.Violation!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_fibers_that_take_the_lock_are_ordered_by_it()
    {
        Assert.All(
            Futures.Agreed(m =>
            {
                var depot = new Depot(m);
                m.Spawn("one", cpu => SetLocked(cpu, depot));
                m.Spawn("two", cpu => SetLocked(cpu, depot));
                return () => $"kept {depot.Kept.Peek}";
            }),
            outcome => Assert.Equal("kept 2", outcome));
    }

    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void Two_unordered_accesses_are_a_data_race(MemoryModel memory)
    {
        List<string> outcomes = Futures.Agreed(
            m =>
            {
                var depot = new Depot(m);
                m.Spawn("writer", cpu => SetLoose(cpu, depot));
                m.Spawn("reader", cpu => GetLoose(cpu, depot));
                return () => "clean";
            },
            memory);

        Assert.All(outcomes, outcome => Assert.StartsWith("KCSAN: data race on depot[", outcome, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void A_message_orders_the_accesses_on_its_two_sides(MemoryModel memory)
    {
        List<string> outcomes = Futures.Agreed(
            m =>
            {
                var depot = new Depot(m);
                m.Spawn("writer", cpu => SetLooseAndTell(cpu, depot));
                m.Spawn("reader", cpu => AwaitAndGetLoose(cpu, depot));
                return () => $"saw {depot.Seen.Peek}";
            },
            memory);

        Assert.All(outcomes, outcome => Assert.Equal("saw 5", outcome));
    }

    [Fact]
    public void Two_readers_do_not_race()
    {
        Assert.All(
            Futures.Agreed(m =>
            {
                var depot = new Depot(m);
                m.Spawn("one", cpu => GetLoose(cpu, depot));
                m.Spawn("two", cpu => GetLoose(cpu, depot));
                return () => "clean";
            }),
            outcome => Assert.Equal("clean", outcome));
    }

    [Fact]
    public void Only_the_first_violation_of_an_execution_counts_and_undo_forgets_it()
    {
        SimMachine machine = Make((m, d) =>
        {
            m.Spawn("one", cpu => SetUnlocked(cpu, d));
            m.Spawn("two", cpu => CountUnlocked(cpu, d));
        });
        machine.Step(0, 0);
        Violation? first = machine.Violation;
        Assert.Equal(1, first?.Step);
        machine.Step(1, 0);
        Assert.Same(first, machine.Violation);

        machine.Undo();
        Assert.Same(first, machine.Violation);
        machine.Undo();
        Assert.Null(machine.Violation);
    }

    private static SimMachine Make(Action<SimMachine, Depot> fibers, MemoryModel memory = MemoryModel.Sc)
    {
        var machine = new SimMachine(new MachineOptions { Memory = memory });
        fibers(machine, new Depot(machine));
        machine.Start(undoable: true, collectRaces: true, hashing: false);
        return machine;
    }

    private static async Op Free(Cpu cpu, Crate crate) => await cpu.Free(crate);

    private static async Op Touch(Cpu cpu, Crate crate, string access)
    {
        switch (access)
        {
            case "load":
                await cpu.Load(crate.Content);
                break;
            case "store":
                await cpu.Store(crate.Content, 1);
                break;
            case "add":
                await cpu.Rmw(crate.Content, RmwKind.Add, 1);
                break;
            default:
                await cpu.CompareExchange(crate.Content, 5, 6);
                break;
        }
    }

    private static async Op StoreLate(Cpu cpu, Crate crate)
    {
        await cpu.Yield();
        await cpu.Store(crate.Content, 1);
    }

    private static async Op SetLocked(Cpu cpu, Depot depot)
    {
        await depot.Lock.Take(cpu);
        depot.Kept.Set(cpu, (short)(depot.Kept.Get(cpu) + 1));
        await cpu.Yield();
        await depot.Lock.Drop(cpu);
    }

    private static async Op SetUnlocked(Cpu cpu, Depot depot)
    {
        await cpu.Yield();
        depot.Kept.Set(cpu, 9);
    }

    private static async Op CountUnlocked(Cpu cpu, Depot depot)
    {
        await cpu.Yield();
        _ = depot.List.Count(cpu);
    }

    private static async Op SetLoose(Cpu cpu, Depot depot)
    {
        await cpu.Yield();
        depot.Loose.Set(cpu, 5);
        await cpu.Yield();
    }

    private static async Op GetLoose(Cpu cpu, Depot depot)
    {
        await cpu.Yield();
        _ = depot.Loose.Get(cpu);
    }

    private static async Op SetLooseAndTell(Cpu cpu, Depot depot)
    {
        await cpu.Yield();
        depot.Loose.Set(cpu, 5);
        await cpu.Store(depot.Number, 1);
    }

    private static async Op AwaitAndGetLoose(Cpu cpu, Depot depot)
    {
        await cpu.LoadWhen(depot.Number, GuardKind.Equal, 1);
        await cpu.Store(depot.Seen, depot.Loose.Get(cpu));
    }
}
