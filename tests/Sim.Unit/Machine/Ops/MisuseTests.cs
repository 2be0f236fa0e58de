using Sim.Explore;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Unit.Machine.Ops;

/// <summary>What a routine must not do is refused where it does it, with a message that says what.</summary>
public sealed class MisuseTests
{
    [Fact]
    public void A_routine_that_cannot_be_copied_is_refused_at_its_first_suspension()
    {
        var machine = new SimMachine(new MachineOptions());

        UncopyableRoutineException refusal = Assert.Throws<UncopyableRoutineException>(
            () => machine.Spawn("bad", BadRoutines.KeepsAnArray));

        Assert.Contains("KeepsAnArray", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'counts'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_routine_that_a_good_one_calls_is_refused_too()
    {
        var machine = new SimMachine(new MachineOptions());
        machine.Spawn("caller", Calls);
        machine.Start(undoable: true, collectRaces: false, hashing: false);

        UncopyableRoutineException refusal = Assert.Throws<UncopyableRoutineException>(() => machine.Step(0, 0));

        Assert.Contains("KeepsAnArray", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_routine_that_is_called_but_not_awaited_is_a_bug()
    {
        var machine = new SimMachine(new MachineOptions());
        machine.Spawn("forgetful", Forgets);
        machine.Spawn("very forgetful", ForgetsAndEnds);
        machine.Start(undoable: true, collectRaces: false, hashing: false);

        Assert.Contains("not awaited", Message(() => machine.Step(0, 0)), StringComparison.Ordinal);
        Assert.Contains("not awaited", Message(() => machine.Step(1, 0)), StringComparison.Ordinal);
        Assert.Contains(
            "not awaited", Message(() => machine.Spawn("at once", ForgetsAtOnce)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_continuation_on_an_operation_is_refused()
    {
        var machine = new SimMachine(new MachineOptions());
        Fiber fiber = machine.Spawn("yield", Yields);
        System.Runtime.CompilerServices.INotifyCompletion awaiter = fiber.Cpu.Yield();

        Assert.Throws<NotSupportedException>(() => awaiter.OnCompleted(() => { }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    [InlineData(300)]
    public void A_choice_of_none_or_too_many_is_refused_at_the_call(int alternatives)
    {
        Cpu cpu = new SimMachine(new MachineOptions()).BootCpu;

        Assert.Throws<ArgumentOutOfRangeException>(() => cpu.Choose(alternatives));
    }

    [Fact]
    public void A_choice_of_as_many_as_there_may_be_is_explored()
    {
        ExploreResult result = Explorer.Run(
            machine =>
            {
                machine.Spawn("chooses", ChoosesAmongMany);
                return null;
            },
            new ExploreOptions());

        Assert.Equal((Verdict.Complete, 64), (result.Verdict, result.Executions));
    }

    private static async Op ChoosesAmongMany(Cpu cpu) => await cpu.Choose(Cpu.MostAlternatives);

    private static string Message(Action action) => Assert.Throws<SimulatorBugException>(action).Message;

    private static async Op Yields(Cpu cpu) => await cpu.Yield();

    private static async Op Calls(Cpu cpu)
    {
        await cpu.Yield();
        await BadRoutines.KeepsAnArray(cpu);
    }

#pragma warning disable MA0134 // the dropped Op is the point of these
    private static async Op Forgets(Cpu cpu)
    {
        await cpu.Yield();
        _ = Yields(cpu);
        await cpu.Yield();
    }

    private static async Op ForgetsAndEnds(Cpu cpu)
    {
        await cpu.Yield();
        _ = Yields(cpu);
    }

    private static Op ForgetsAtOnce(Cpu cpu)
    {
        _ = Yields(cpu);
        return Op.Done;
    }
#pragma warning restore MA0134
}
