using Sim.Explore;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Unit.Scenarios;

namespace Sim.Unit.Explore;

/// <summary>The strategies that merge: published numbers of states and of partial orders, and loops.</summary>
public sealed class MergedStates
{
    /// <summary>Number of states as published, number of partial orders.</summary>
    public static TheoryData<string, long, long> Programs { get; } = new()
    {
        { "sb n=0", 9, 3 },
        { "mp n=0", 9, 3 },
        { "2+2w n=0", 13, 3 },
        { "iriw n=0", 36, 15 },
        { "w+rrr+w n=0", 20, 20 },
        { "fr+w+w+w+reads n=0", 65, 210 },
        { "relseq n=0", 36, 180 },
        { "ainc n=6", 64, 720 },
        { "binc n=4", 81, 576 },
        { "cinc n=3", 64, 216 },
        { "casrot n=7", 191, 523 },
        { "casw n=4", 124, 1200 },
        { "rw n=4", 124, 576 },
        { "readers n=8", 512, 256 },
        { "n-writers n=4", 162, 720 },
        { "floating_read n=6", 386, 5040 },
        { "lastzero n=5", 1571, 64 },
        { "fib_bench n=3", 3603, 1698 },
        { "fib_bench n=4", 24_663, 19_605 },
        { "lockinc n=7", 1472, 5040 },
        { "co-2+2w n=3", 55, 90 },
        { "co-mp n=3", 165, 2520 },
        { "race_par n=5", 221, 34_904 },
        { "control_flow n=4", 2784, 600 },
        { "circular_buffer n=5", 822, 252 },
        { "philosophers n=4", 391, 15 },
        { "philosophers-ordered n=4", 320, 14 },
        { "account n=3", 471, 576 },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_state_is_visited_once(string program, long states, long traces)
    {
        ExploreResult result = Explore(program, Strategy.States);

        Assert.Equal((true, states), (result.Complete, result.States));
        Assert.InRange(result.Executions, 1, traces);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_prefix_is_visited_once(string program, long states, long traces)
    {
        ExploreResult result = Explore(program, Strategy.Prefixes);

        Assert.Equal((true, traces), (result.Complete, result.Executions));
        Assert.True(result.States >= states || program.StartsWith("readers", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("attach-vs-release attachers=2", MemoryModel.Sc)]
    [InlineData("death-vs-reap", MemoryModel.Tso)]
    [InlineData("request-vs-resume tracers=1", MemoryModel.Tso)]
    [InlineData("yardstick/attach attachers=3", MemoryModel.Tso)]
    public void Prefixes_are_counted_as_the_reduction_counts(string world, MemoryModel memory)
    {
        ExploreOptions options = Worlds.Options(memory) with { StopAtViolation = false };

        Assert.Equal(
            Explorer.Run(Worlds.Parse(world), options).Executions,
            Explorer.Run(Worlds.Parse(world), options with { Strategy = Strategy.Prefixes }).Executions);
    }

    [Fact]
    public void More_states_than_may_be_kept_stop_the_search()
    {
        ExploreResult result = Explorer.Run(
            Worlds.Parse("yardstick/fib_bench n=3"),
            new ExploreOptions { Strategy = Strategy.States, StopAtViolation = false, MaxStates = 100 });

        Assert.Equal((Verdict.Stopped, false), (result.Verdict, result.Complete));
    }

    /// <summary>A state in which something broke is not taken for one in which nothing did.</summary>
    [Fact]
    public void A_broken_way_to_a_state_does_not_hide_the_others()
    {
        ExploreResult result = Explorer.Run(
            machine =>
            {
                var spinners = new Spinners(machine);
                machine.Spawn("warned", cpu => spinners.StoreAndComplain(cpu));
                machine.Spawn("quiet", cpu => spinners.Store(cpu, 1));
                return () =>
                {
                    if (spinners.X.Peek == 1)
                    {
                        machine.Violate("END", "x is 1 at the end");
                    }
                };
            },
            new ExploreOptions { Strategy = Strategy.States, StopAtViolation = false });

        Assert.Equal(
            "END SEEN",
            string.Join(' ', result.Findings.Select(finding => finding.Violation.Guarantee).Order(StringComparer.Ordinal)));
    }

    /// <summary>Each waits, busily, for the other to give way first.</summary>
    [Fact]
    public void Going_round_under_a_fair_scheduler_is_a_livelock_that_replays()
    {
        World world = machine =>
        {
            var spinners = new Spinners(machine);
            machine.Spawn("left", cpu => spinners.GiveWay(cpu, spinners.X, spinners.Y));
            machine.Spawn("right", cpu => spinners.GiveWay(cpu, spinners.Y, spinners.X));
            return null;
        };
        Finding finding = Assert.Single(Run(world).Findings);

        Recording recording = Replayer.Run(world, new ExploreOptions(), finding.Schedule);

        Assert.Equal("LIVELOCK", finding.Violation.Guarantee);
        Assert.Contains("left and right go round for ever", finding.Violation.Message, StringComparison.Ordinal);
        Assert.Equal(finding.Violation, recording.Violation);
    }

    /// <summary>One spins for a word that the other will write: unfair schedules alone go round for ever.</summary>
    [Fact]
    public void Waiting_busily_for_somebody_who_comes_is_no_livelock()
    {
        ExploreResult result = Run(machine =>
        {
            var spinners = new Spinners(machine);
            machine.Spawn("spinner", cpu => spinners.SpinUntilOne(cpu));
            machine.Spawn("writer", cpu => spinners.Store(cpu, 1));
            return null;
        });

        Assert.Equal((Verdict.Complete, 0), (result.Verdict, result.Findings.Count));
    }

    [Fact]
    public void Waiting_busily_for_nobody_is_a_livelock()
        => Assert.Equal("LIVELOCK", Assert.Single(Run(machine =>
        {
            var spinners = new Spinners(machine);
            machine.Spawn("spinner", cpu => spinners.SpinUntilOne(cpu));
            return null;
        }).Findings).Violation.Guarantee);

    [Fact]
    public void Sleeping_while_others_go_round_is_starvation_and_says_who_waits_for_what()
    {
        Violation violation = Assert.Single(Run(machine =>
        {
            var spinners = new Spinners(machine);
            machine.Spawn("spinner", cpu => spinners.SpinUntilOne(cpu));
            machine.Spawn("sleeper", cpu => spinners.SleepUntilTwo(cpu));
            return null;
        }).Findings).Violation;

        Assert.Equal("STARVATION", violation.Guarantee);
        Assert.StartsWith("sleeper waits for spinners[spinners].x (holds 0)", violation.Message, StringComparison.Ordinal);
    }

    private static ExploreResult Explore(string program, Strategy strategy)
        => Explorer.Run(
            Worlds.Parse("yardstick/" + program), new ExploreOptions { Strategy = strategy, StopAtViolation = false });

    private static ExploreResult Run(World world) => Explorer.Run(world, new ExploreOptions { Strategy = Strategy.States });

    private sealed class Spinners : MachineObject
    {
        internal Spinners(SimMachine machine)
            : base(machine, "spinners", "spinners")
        {
            X = new Shared<int>(this, "x");
            Y = new Shared<int>(this, "y");
        }

        internal Shared<int> X { get; }

        internal Shared<int> Y { get; }

        internal async Op Store(Cpu cpu, int value) => await cpu.Store(X, value);

        internal async Op StoreAndComplain(Cpu cpu)
        {
            int seen = await cpu.Load(X);
            if (seen == 1)
            {
                Machine.Violate("SEEN", "x was 1");
            }
        }

        internal async Op SpinUntilOne(Cpu cpu)
        {
            while (await cpu.Load(X) != 1)
            {
                await cpu.Yield();
            }
        }

        internal async Op SleepUntilTwo(Cpu cpu) => await cpu.LoadWhen(X, GuardKind.Equal, 2);

        internal async Op GiveWay(Cpu cpu, Shared<int> mine, Shared<int> other)
        {
            while (true)
            {
                await cpu.Store(mine, 1);
                int taken = await cpu.Load(other);
                await cpu.Store(mine, 0);
                if (taken == 0)
                {
                    return;
                }
            }
        }
    }
}
