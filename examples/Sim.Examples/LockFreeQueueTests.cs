using Sim.Explore;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Examples;

/// <summary>What a queue promises, under every schedule and under both memory models.</summary>
public sealed class LockFreeQueueTests
{
    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void Nothing_is_lost(MemoryModel memory) => Check.Holds(machine =>
    {
        var queue = new LockFreeQueue(machine, nodes: 3);
        machine.Spawn("left", cpu => queue.Enqueue(cpu, 1));
        machine.Spawn("right", cpu => queue.Enqueue(cpu, 2));
        return () => Assert.Equal(2, queue.Content.Count);
    }, new ExploreOptions { Memory = memory });

    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void What_goes_in_first_comes_out_first(MemoryModel memory)
    {
        ExploreResult result = Check.Holds(machine =>
        {
            var queue = new LockFreeQueue(machine, nodes: 2);
            var taken = new Taken(machine);
            machine.Spawn("producer", cpu => Produce(cpu, queue));
            machine.Spawn("consumer", cpu => taken.Consume(cpu, queue, 2));
            return () => Assert.DoesNotContain(
                string.Join(' ', taken.All.Concat(queue.Content)), (string[])["2 1", "1 1", "2 2"], StringComparer.Ordinal);
        }, new ExploreOptions { Memory = memory });

        Assert.True(result is { Complete: true, Executions: > 10 });
    }

    /// <summary>An append that does not look loses a value, and the log of the test says how.</summary>
    [Fact]
    public void An_append_that_does_not_look_loses_a_value()
    {
        World world = machine =>
        {
            var queue = new LockFreeQueue(machine, nodes: 2, checks: false);
            machine.Spawn("left", cpu => queue.Enqueue(cpu, 1));
            machine.Spawn("right", cpu => queue.Enqueue(cpu, 2));
            return () => Assert.True(queue.Content.Count == 2, "a value is lost");
        };

        string log = Assert.Throws<ViolatedException>(() => Check.Holds(world)).Message;

        Assert.StartsWith("END: a value is lost", log, StringComparison.Ordinal);
        Assert.Contains("left   store queue[queue].next[0] = 1", log, StringComparison.Ordinal);
        Recording again = Check.Replay(world, log[(log.LastIndexOf(' ') + 1)..]);
        Assert.Equal("a value is lost", again.Violation?.Message);
    }

    /// <summary>Nobody waits for anybody, but is there always progress? No state comes again.</summary>
    [Fact]
    public void Nobody_goes_round_for_ever() => Check.Holds(machine =>
    {
        var queue = new LockFreeQueue(machine, nodes: 3);
        machine.Spawn("left", cpu => queue.Enqueue(cpu, 1));
        machine.Spawn("middle", cpu => queue.Enqueue(cpu, 2));
        machine.Spawn("right", cpu => queue.Enqueue(cpu, 3));
        return () => Assert.Equal(3, queue.Content.Count);
    }, new ExploreOptions { Strategy = Strategy.States });

    private static async Op Produce(Cpu cpu, LockFreeQueue queue)
    {
        await queue.Enqueue(cpu, 1);
        await queue.Enqueue(cpu, 2);
    }

    /// <summary>What a consumer took, in order.</summary>
    private sealed class Taken : MachineObject
    {
        private readonly Ghost<int> _digits;

        internal Taken(SimMachine machine)
            : base(machine, "taken", "taken")
            => _digits = new Ghost<int>(this, "digits");

        internal IEnumerable<int> All
        {
            get
            {
                for (int rest = _digits.Peek, place = 100; place > 0; rest %= place, place /= 10)
                {
                    if (rest / place > 0)
                    {
                        yield return rest / place;
                    }
                }
            }
        }

        internal async Op Consume(Cpu cpu, LockFreeQueue queue, int times)
        {
            for (int i = 0; i < times; i++)
            {
                int value = await queue.Dequeue(cpu);
                _digits.Note(value == 0 ? _digits.Peek : (_digits.Peek * 10) + value);
            }
        }
    }
}
