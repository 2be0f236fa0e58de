using Sim.Explore;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Unit.Scenarios;

namespace Sim.Unit.Explore;

/// <summary>Searches that are bounded, or draw schedules.</summary>
public sealed class BoundedAndRandom
{
    [Fact]
    public void Without_a_delay_there_is_one_schedule_and_with_many_there_are_all()
    {
        long[] counts = [.. ((int?[])[0, 1, 2, 3, 100, null]).Select(delays => Explore(
            "yardstick/readers n=3", new ExploreOptions { Strategy = Strategy.Dfs, Delays = delays }).Executions)];

        Assert.Equal(1, counts[0]);
        Assert.Equal([.. counts.Order()], counts);
        Assert.Equal((24L, 24L), (counts[4], counts[5]));
        Assert.InRange(counts[1], 2, 6);
    }

    [Fact]
    public void A_bound_says_that_it_is_one()
    {
        ExploreResult result = Explore(
            "yardstick/attach attachers=2", new ExploreOptions { Strategy = Strategy.Dfs, Delays = 1 });

        Assert.Equal((Verdict.HoldsToBound, false), (result.Verdict, result.Complete));
    }

    /// <summary>Two who each add one, in two steps, without a lock.</summary>
    [Theory]
    [InlineData(Strategy.Pct)]
    [InlineData(Strategy.Pos)]
    [InlineData(Strategy.Random)]
    [InlineData(Strategy.Portfolio)]
    public void Every_random_strategy_finds_a_lost_update(Strategy strategy)
    {
        var options = new ExploreOptions { Strategy = strategy, Executions = 200 };
        ExploreResult found = Explorer.Run(LostUpdate, options);
        ExploreResult again = Explorer.Run(LostUpdate, options);
        ExploreResult all = Explorer.Run(LostUpdate, options with { StopAtViolation = false });

        Assert.Equal("END", Assert.Single(found.Findings).Violation.Guarantee);
        Assert.Equal((found.Executions, found.Transitions), (again.Executions, again.Transitions));
        Assert.Equal(found.Findings[0].Schedule.Choices, again.Findings[0].Schedule.Choices);
        Assert.InRange(all.Violating, 2, 198);
        Assert.Equal("END", Replayer.Run(LostUpdate, options, found.Findings[0].Schedule).Violation?.Guarantee);
    }

    /// <summary>
    /// Among 8 readers a walk rarely lets the writer be first or last; where each partial order has its
    /// chance, many more of the 256 are seen.
    /// </summary>
    [Fact]
    public void Sampling_partial_orders_sees_more_of_them_than_a_walk()
        => Assert.True(Seen(Strategy.Pos) > Seen(Strategy.Random));

    [Fact]
    public void What_pct_promises_is_about_the_processes_and_steps_that_there_are()
    {
        ExploreResult sc = Explore("yardstick/sb n=0", new ExploreOptions { Strategy = Strategy.Pct, Executions = 20 });
        ExploreResult tso = Explore(
            "yardstick/sb n=0", new ExploreOptions { Strategy = Strategy.Pct, Executions = 20, Memory = MemoryModel.Tso });

        Assert.Equal((2, 4), (sc.Processes, sc.LongestExecution));
        Assert.Equal((4, 4), (tso.Processes, tso.LongestExecution));
    }

    private static int Seen(Strategy strategy)
    {
        var orders = new HashSet<string>(StringComparer.Ordinal);
        Explore("yardstick/readers n=8", new ExploreOptions
        {
            Strategy = strategy,
            Executions = 300,
            OnExecution = machine => orders.Add(string.Join(' ', Enumerable.Range(0, machine.StepCount)
                .TakeWhile(i => machine.StepAt(i).Process != 0).Select(i => machine.StepAt(i).Process).Order())),
        });
        return orders.Count;
    }

    private static ExploreResult Explore(string world, ExploreOptions options)
        => Explorer.Run(Worlds.Parse(world), options);

    private static Action? LostUpdate(SimMachine machine)
    {
        var counter = new Counter(machine);
        machine.Spawn("left", counter.Add);
        machine.Spawn("right", counter.Add);
        return () =>
        {
            if (counter.Word.Peek != 2)
            {
                machine.Violate("END", "an update is lost");
            }
        };
    }

    private sealed class Counter : MachineObject
    {
        internal Counter(SimMachine machine)
            : base(machine, "counter", "counter")
            => Word = new Shared<int>(this, "word");

        internal Shared<int> Word { get; }

        internal async Op Add(Cpu cpu) => await cpu.Store(Word, await cpu.Load(Word) + 1);
    }
}
