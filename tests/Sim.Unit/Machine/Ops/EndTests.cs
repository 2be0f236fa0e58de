using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Unit.Machine.Ops;

/// <summary>A fiber can end in the middle of its routines, as a task does in do_exit().</summary>
public sealed class EndTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_of_a_fiber_runs_after_it_ended_and_taking_the_step_back_revives_it(bool undoable)
    {
        var machine = new SimMachine(new MachineOptions());
        var word = new Word(machine);
        Fiber fiber = machine.Spawn("f", cpu => Outer(cpu, word));
        machine.Start(undoable, collectRaces: false, hashing: false);

        machine.Step(0, 0);
        Assert.False(fiber.IsFinished);
        machine.Step(0, 0);
        Assert.True(fiber.IsFinished);
        Assert.True(machine.IsFinished());
        Assert.Equal(2, word.Value.Peek);
        if (undoable)
        {
            machine.Undo();
            Assert.False(fiber.IsFinished);
            machine.Step(0, 0);
            Assert.Equal(2, word.Value.Peek);
            Assert.True(fiber.IsFinished);
        }
    }

    [Fact]
    public void A_fiber_ends_in_direct_mode_too()
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var word = new Word(machine);
        machine.Spawn("f", cpu => Outer(cpu, word));

        Assert.True(machine.Run());
        Assert.Equal(2, word.Value.Peek);
    }

    private static async Op Outer(Cpu cpu, Word word)
    {
        await cpu.Store(word.Value, 1);
        await Inner(cpu, word);
        await cpu.Store(word.Value, 3);
    }

    private static async Op Inner(Cpu cpu, Word word)
    {
        await cpu.Store(word.Value, 2);
        await cpu.End();
    }

    private sealed class Word : MachineObject
    {
        internal Word(SimMachine machine)
            : base(machine, "word") => Value = new Shared<int>(this, "value");

        internal Shared<int> Value { get; }
    }
}
