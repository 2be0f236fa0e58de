using Sim.Explore;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Unit.Machine.State;

/// <summary>
/// What a fiber does between two scheduling points is ordered by more than the step it belongs to: a
/// plain access after a release is not covered by that release.
/// </summary>
public sealed class OrderWithinAStep
{
    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void A_plain_access_before_the_release_is_ordered(MemoryModel memory)
        => Assert.Equal(Verdict.Complete, Explore(memory, machine => new Words(machine).Spawn(after: false)));

    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void A_plain_access_after_the_release_races(MemoryModel memory)
        => Assert.Equal(Verdict.Violated, Explore(memory, machine => new Words(machine).Spawn(after: true)));

    [Fact]
    public void A_wait_does_not_look_past_the_own_store_buffer()
        => Assert.Equal(Verdict.Complete, Explore(MemoryModel.Tso, machine => new Words(machine).SpawnWaiter()));

    [Fact]
    public void A_load_after_an_unlocked_addition_sees_the_sum()
        => Assert.Equal(Verdict.Complete, Explore(MemoryModel.Tso, machine => new Words(machine).SpawnAdder()));

    private static Verdict Explore(MemoryModel memory, Func<SimMachine, Action?> world)
        => Explorer.Run(machine => world(machine), new ExploreOptions { Memory = memory }).Verdict;

    private sealed class Words : MachineObject
    {
        private readonly Shared<int> _flag;
        private readonly Guarded<int> _plain;

        internal Words(SimMachine machine)
            : base(machine, "words")
        {
            _flag = new Shared<int>(this, "flag");
            _plain = new Guarded<int>(this, "plain", null);
        }

        internal Action? Spawn(bool after)
        {
            Machine.Spawn("writer", cpu => Writer(cpu, after));
            Machine.Spawn("reader", Reader);
            return null;
        }

        internal Action? SpawnWaiter()
        {
            Machine.Spawn("waiter", Waiter);
            Machine.Spawn("setter", Setter);
            return null;
        }

        internal Action? SpawnAdder()
        {
            Machine.Spawn("adder", Adder);
            return null;
        }

        private async Op Writer(Cpu cpu, bool after)
        {
            await cpu.Yield();
            _plain.Set(cpu, 1);
            await cpu.Store(_flag, 1);
            if (after)
            {
                _plain.Set(cpu, 2);
            }
        }

        private async Op Reader(Cpu cpu)
        {
            await cpu.LoadWhen(_flag, GuardKind.Equal, 1);
            _plain.Set(cpu, 3);
        }

        private async Op Waiter(Cpu cpu)
        {
            await cpu.Store(_flag, 7);
            int seen = await cpu.LoadWhen(_flag, GuardKind.Equal, 1);
            if (seen != 1)
            {
                Machine.Violate("wait", $"a wait for 1 answered {seen}");
            }
        }

        private async Op Setter(Cpu cpu)
        {
            await cpu.LoadWhen(_flag, GuardKind.Equal, 7);
            await cpu.Store(_flag, 1);
        }

        private async Op Adder(Cpu cpu)
        {
            await cpu.AddUnlocked(_flag, 5);
            await cpu.AddUnlocked(_flag, 1);
            int sum = await cpu.Load(_flag);
            if (sum != 6)
            {
                Machine.Violate("sum", $"the sum is {sum}");
            }
        }
    }
}
