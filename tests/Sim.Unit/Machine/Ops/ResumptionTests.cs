using System.Reflection;
using System.Runtime.CompilerServices;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;

namespace Sim.Unit.Machine.Ops;

/// <summary>A suspended routine can be resumed many times, each time into another future.</summary>
public sealed class ResumptionTests
{
    [Fact]
    public void One_snapshot_has_many_different_futures()
    {
        (SimMachine machine, Toy toy) = Make((m, t) =>
        {
            m.Spawn("sum", cpu => t.Sum(cpu, 4));
            m.Spawn("writer", cpu => t.WriteChosen(cpu, 9));
        });
        machine.Step(0, 0);
        machine.Step(0, 0);

        for (int round = 0; round < 100; round++)
        {
            int chosen = (round * 7) % 9;
            machine.Step(1, chosen);
            machine.Step(1, 0);
            Futures.RunToEnd(machine);

            Assert.Equal(chosen * 11, toy.Out.Peek);
            Futures.UndoTo(machine, 2);
            Assert.Equal(0, toy.X.Peek);
            Assert.Equal(0, toy.Out.Peek);
        }
    }

    [Fact]
    public void Undoing_everything_leads_back_to_the_beginning()
    {
        (SimMachine machine, Toy toy) = Make((m, t) =>
        {
            m.Spawn("nest", cpu => t.NestAndStore(cpu, 5));
            m.Spawn("count", cpu => t.CountUp(cpu, 3));
        });
        Futures.RunToEnd(machine);
        long alone = toy.Out.Peek;
        int steps = machine.StepCount;

        for (int i = 0; i < 20; i++)
        {
            Futures.UndoTo(machine, i % 5);
            Assert.False(machine.AllFibers[0].IsFinished);
            Futures.RunToEnd(machine);
            Assert.Equal(steps, machine.StepCount);
            Assert.Equal(alone, toy.Out.Peek);
        }
    }

    [Fact]
    public void A_loop_resumes_with_its_own_locals()
    {
        List<string> outcomes = Agreed((m, t) =>
        {
            m.Spawn("sum", cpu => t.Sum(cpu, 3));
            m.Spawn("count", cpu => t.CountUp(cpu, 2));
        });

        Assert.Equal(15, outcomes.Count);
        Assert.Equal(10, outcomes.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Nested_calls_five_deep_resume_at_every_level()
    {
        List<string> outcomes = Agreed((m, t) =>
        {
            m.Spawn("nest", cpu => t.NestAndStore(cpu, 5));
            m.Spawn("count", cpu => t.CountUp(cpu, 2));
        });

        Assert.Equal(78, outcomes.Count);
        Assert.Equal(66, outcomes.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_exception_of_a_sub_routine_is_caught_by_its_caller(bool beforeFirstSuspension)
    {
        List<string> outcomes = Agreed((m, t) =>
        {
            m.Spawn("catch", cpu => t.Catch(cpu, beforeFirstSuspension));
            m.Spawn("count", cpu => t.CountUp(cpu, 2));
        });

        string[] expected = beforeFirstSuspension
            ? ["-1070", "-2070", "-2069", "-70", "-1069", "-2068"]
            : ["-1050", "-2050", "-1049", "-2049", "-2048", "70"];
        Assert.Equal(Sorted(expected), Sorted(outcomes.Select(text => text.Split(' ')[0])));
    }

    [Fact]
    public void Finally_and_using_blocks_run_once_in_each_future()
    {
        List<string> outcomes = Agreed((m, t) =>
        {
            m.Spawn("unwind", t.Unwind);
            m.Spawn("count", cpu => t.CountUp(cpu, 2));
        });

        // Left by return; by the end of the block; by the exception.
        Assert.Equal(
            Sorted(["log 14", "log 214", "log 2134"]),
            Sorted(outcomes.Select(text => text[text.IndexOf("log", StringComparison.Ordinal)..])));
    }

    [Fact]
    public void Answers_of_several_words_arrive_whole()
    {
        List<string> outcomes = Agreed((m, t) =>
        {
            m.Spawn("structs", t.AnswerStructs);
            m.Spawn("count", cpu => t.CountUp(cpu, 1));
        });

        Assert.Equal(
            Sorted(["-1", "1", "2", "12", "112", "1112"]),
            Sorted(outcomes.Select(text => text.Split(' ')[0])));
    }

    [Fact]
    public void Routines_that_complete_at_once_do_not_disturb_those_that_suspend()
    {
        List<string> outcomes = Agreed((m, t) =>
        {
            m.Spawn("mix", t.MixSynchronous);
            m.Spawn("count", cpu => t.CountUp(cpu, 1));
        });

        Assert.Equal(
            Sorted(["7510", "7511", "7611"]),
            Sorted(outcomes.Select(text => text.Split(' ')[0])));
    }

    [Fact]
    public void A_fiber_started_by_a_step_disappears_when_the_step_is_taken_back()
    {
        (SimMachine machine, _) = Make((m, t) =>
        {
            m.Spawn("spawn", t.SpawnTwo);
            m.Spawn("count", cpu => t.CountUp(cpu, 1));
        });

        machine.Step(0, 0);
        Assert.Equal("child", machine.AllFibers[2].Name);
        machine.Step(0, 0);
        Assert.Equal(5, machine.AllFibers.Count);
        Assert.True(machine.AllFibers[3].IsFinished);
        machine.Undo();
        Assert.Equal(3, machine.AllFibers.Count);
        machine.Undo();
        Assert.Equal(2, machine.AllFibers.Count);

        List<string> outcomes = Agreed((m, t) =>
        {
            m.Spawn("spawn", t.SpawnTwo);
            m.Spawn("count", cpu => t.CountUp(cpu, 1));
        });
        Assert.Equal(Sorted(["11", "20"]), Sorted(outcomes.Select(text => text.Split(' ')[0])));
    }

    [Fact]
    public void A_fiber_whose_routine_throws_is_an_oops()
    {
        List<string> outcomes = Agreed((m, t) =>
        {
            m.Spawn("oops", t.Oops);
            m.Spawn("count", cpu => t.CountUp(cpu, 1));
        });

        Assert.Contains("OOPS: oops: ToyException: saw 1", outcomes, StringComparer.Ordinal);
        Assert.Contains("0 x 1 y 2 log 0", outcomes, StringComparer.Ordinal);
    }

    [Fact]
    public void An_oops_can_be_taken_back()
    {
        (SimMachine machine, Toy toy) = Make((m, t) =>
        {
            m.Spawn("oops", t.Oops);
            m.Spawn("count", cpu => t.CountUp(cpu, 1));
        });
        machine.Step(0, 0);
        for (int i = 0; i < 3; i++)
        {
            machine.Step(1, 0);
            machine.Step(0, 0);
            Assert.Equal("OOPS", machine.Violation?.Guarantee);
            Assert.True(machine.AllFibers[0].IsFinished);
            Futures.UndoTo(machine, 1);
            Assert.Null(machine.Violation);

            Futures.RunToEnd(machine);
            Assert.Null(machine.Violation);
            Assert.Equal(2, toy.Y.Peek);
            Futures.UndoTo(machine, 1);
        }
    }

    [Fact]
    public void A_fiber_that_throws_while_it_is_started_does_not_disturb_who_starts_it()
    {
        (SimMachine machine, Toy toy) = Make((m, t) => m.Spawn("parent", t.SpawnThrowing));

        machine.Step(0, 0);
        Assert.Equal("OOPS", machine.Violation?.Guarantee);
        Assert.Contains("not even a routine", machine.Violation!.Message, StringComparison.Ordinal);
        machine.Step(0, 0);

        Assert.True(machine.AllFibers[0].IsFinished);
        Assert.Equal(2, toy.Y.Peek);
    }

    [Fact]
    public void Store_buffers_drain_into_many_different_futures()
    {
        ToyWorld world = On((m, t) =>
        {
            m.Spawn("sum", cpu => t.Sum(cpu, 2));
            m.Spawn("count", cpu => t.CountUp(cpu, 2));
        });

        List<string> outcomes = Futures.Agreed(world, MemoryModel.Tso);

        // The buffers take part as processes, and hide none of the outcomes of interleaving.
        Assert.Equal(
            Sorted(Futures.Agreed(world, MemoryModel.Sc)),
            Sorted(outcomes));
    }

    [Fact]
    public void Steps_and_their_undoing_allocate_nothing_once_the_pools_are_warm()
    {
        Type shape = typeof(Toy).GetMethod(nameof(Toy.Spin))!
            .GetCustomAttribute<AsyncStateMachineAttribute>()!.StateMachineType;
        Assert.SkipUnless(shape.IsValueType, "a state machine that is a class is copied to the heap");
        (SimMachine machine, _) = Make((m, t) =>
        {
            m.Spawn("spin", t.Spin);
            m.Spawn("spin", t.Spin);
        });
        Spin(machine, 2_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Spin(machine, 100_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Only_machine_operations_and_routines_can_be_awaited()
    {
        foreach (Type builder in (Type[])[typeof(OpBuilder), typeof(OpBuilder<>)])
        {
            foreach (string name in (string[])["AwaitOnCompleted", "AwaitUnsafeOnCompleted"])
            {
                Type awaiter = builder.GetMethod(name)!.GetGenericArguments()[0];
                Assert.Contains(typeof(IOpAwaiter), awaiter.GetGenericParameterConstraints());
            }
        }

        Assert.False(typeof(IOpAwaiter).IsAssignableFrom(typeof(TaskAwaiter)));
    }

    private static void Spin(SimMachine machine, int steps)
    {
        for (int i = 0; i < steps; i += 20)
        {
            for (int k = 0; k < 20; k++)
            {
                machine.Step((i + (k / 3)) & 1, 0);
            }

            Futures.UndoTo(machine, 0);
        }
    }

    private static List<string> Agreed(Action<SimMachine, Toy> fibers) => Futures.Agreed(On(fibers));

    private static ToyWorld On(Action<SimMachine, Toy> fibers) => machine =>
    {
        var toy = new Toy(machine);
        fibers(machine, toy);
        return () => $"{toy.Out.Peek} x {toy.X.Peek} y {toy.Y.Peek} log {toy.Log.Peek}";
    };

    private static (SimMachine Machine, Toy Toy) Make(Action<SimMachine, Toy> fibers)
    {
        var machine = new SimMachine(new MachineOptions());
        var toy = new Toy(machine);
        fibers(machine, toy);
        machine.Start(undoable: true, collectRaces: false, hashing: false);
        return (machine, toy);
    }

    private static string Sorted(IEnumerable<string> texts)
        => string.Join(", ", texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
}
