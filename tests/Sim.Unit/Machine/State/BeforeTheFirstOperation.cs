using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Unit.Machine.Ops;

namespace Sim.Unit.Machine.State;

/// <summary>
/// A fiber runs up to its first operation inside the step that starts it. What it touches there is its
/// own access all the same: on a real machine it could come later.
/// </summary>
public sealed class BeforeTheFirstOperation
{
    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void A_child_races_with_what_its_parent_does_after_the_start(MemoryModel memory)
        => Assert.All(Outcomes(Parent, memory), outcome => Assert.StartsWith("KCSAN", outcome, StringComparison.Ordinal));

    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void A_child_is_used_after_free_by_a_parent_that_does_not_wait(MemoryModel memory)
        => Assert.All(Outcomes(ParentThatFrees, memory), outcome => Assert.StartsWith("KASAN", outcome, StringComparison.Ordinal));

    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void A_child_is_ordered_after_what_its_parent_did_before_the_start(MemoryModel memory)
        => Assert.All(Outcomes(CarefulParent, memory), outcome => Assert.Equal("clean", outcome));

    [Fact]
    public void Fibers_of_the_first_state_are_ordered_by_nothing()
        => Assert.All(
            Futures.Agreed(machine =>
            {
                var depot = new Depot(machine);
                machine.Spawn("one", cpu => SetAtOnce(cpu, depot));
                machine.Spawn("two", cpu => SetAtOnce(cpu, depot));
                return () => "clean";
            }),
            outcome => Assert.StartsWith("KCSAN", outcome, StringComparison.Ordinal));

    private static List<string> Outcomes(Func<Cpu, Depot, Op> parent, MemoryModel memory)
        => Futures.Agreed(
            machine =>
            {
                var depot = new Depot(machine);
                machine.Spawn("parent", cpu => parent(cpu, depot));
                return () => "clean";
            },
            memory);

    private static async Op Parent(Cpu cpu, Depot depot)
    {
        await cpu.Yield();
        StartChild(cpu, depot);
        depot.Loose.Set(cpu, 1);
    }

    private static async Op ParentThatFrees(Cpu cpu, Depot depot)
    {
        await cpu.Yield();
        StartChild(cpu, depot);
        await cpu.Free(depot);
    }

    private static async Op CarefulParent(Cpu cpu, Depot depot)
    {
        await cpu.Yield();
        depot.Loose.Set(cpu, 1);
        StartChild(cpu, depot);
        await cpu.LoadWhen(depot.Number, GuardKind.Equal, 1);
        depot.Loose.Set(cpu, 2);
    }

    private static void StartChild(Cpu cpu, Depot depot) => cpu.Machine.Spawn("child", child => SetAtOnce(child, depot));

    private static async Op SetAtOnce(Cpu cpu, Depot depot)
    {
        depot.Loose.Set(cpu, depot.Loose.Get(cpu) + 5);
        await cpu.Store(depot.Number, 1);
    }
}
