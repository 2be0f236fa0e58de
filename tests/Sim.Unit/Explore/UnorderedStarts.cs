using System.Text.Json;
using Sim.Explore;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Unit.Explore;

/// <summary>
/// Two steps that start fibers commute: who a process is does not depend on who was first. A schedule
/// names processes by the order of starts, so it fits any machine that runs it.
/// </summary>
public sealed class UnorderedStarts
{
    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void The_reduction_reaches_every_final_state(MemoryModel memory)
    {
        SortedSet<string> all = FinalStates(Strategy.Dfs, memory, Family.TwoParents);

        Assert.Equal(all, FinalStates(Strategy.Dpor, memory, Family.TwoParents));
        if (memory == MemoryModel.Sc)
        {
            Assert.Equal(5, all.Count);
        }
    }

    [Fact]
    public void Starts_alone_make_no_second_execution()
    {
        ExploreResult result = Explorer.Run(
            machine =>
            {
                new Family(machine).Quiet();
                return null;
            },
            new ExploreOptions());

        Assert.Equal((Verdict.Complete, 1, 0), (result.Verdict, result.Executions, result.Blocked));
    }

    [Theory]
    [InlineData(Strategy.Dpor, MemoryModel.Sc)]
    [InlineData(Strategy.Dpor, MemoryModel.Tso)]
    [InlineData(Strategy.Random, MemoryModel.Tso)]
    public void A_schedule_leads_to_the_same_end_on_a_fresh_machine(Strategy strategy, MemoryModel memory)
    {
        Family? family = null;
        var ends = new List<(Schedule Schedule, string End, string Fibers)>();
        World world = machine =>
        {
            family = new Family(machine);
            Family.TwoParents(family);
            return null;
        };
        var options = new ExploreOptions
        {
            Strategy = strategy,
            Memory = memory,
            Executions = 200,
            OnExecution = machine => ends.Add(
                (Tally.Taken(machine), family!.Describe(), string.Join(' ', machine.AllFibers))),
        };
        Explorer.Run(world, options);

        Assert.InRange(ends.Count, 5, 200);
        Assert.Equal(2, ends.Select(end => end.Fibers).Distinct(StringComparer.Ordinal).Count());
        foreach ((Schedule schedule, string end, string fibers) in ends)
        {
            Recording recording = Replayer.Run(world, options, schedule);
            Assert.Equal((end, fibers), (family!.Describe(), string.Join(' ', recording.Fibers)));
        }
    }

    /// <summary>The search sees more processes than any one execution has, and so needs a larger machine.</summary>
    [Fact]
    public void A_schedule_fits_a_smaller_machine_than_that_of_the_search()
    {
        var sizes = new List<int>();
        World world = machine =>
        {
            new Family(machine).OnlyOneStarts();
            return () => machine.Violate("END", string.Join(' ', machine.AllFibers));
        };
        var options = new ExploreOptions
        {
            Memory = MemoryModel.Tso,
            StopAtViolation = false,
            OnExecution = machine => sizes.Add(machine.History.Lanes),
        };
        ExploreResult result = Explorer.Run(world, options);

        Assert.Equal(32, sizes[^1]);
        Finding finding = Assert.Single(result.Findings);
        Assert.Equal(finding.Violation.Message, Replayer.Run(world, options, finding.Schedule).Violation?.Message);
    }

    [Fact]
    public void A_search_stopped_again_and_again_ends_with_the_same_totals()
    {
        World world = machine =>
        {
            new Family(machine).Crowd();
            return null;
        };
        var options = new ExploreOptions();
        ExploreResult whole = Explorer.Run(world, options);
        SearchState? state = null;
        ExploreResult part;
        int parts = 0;
        do
        {
            SearchState? next = null;
            part = Explorer.Run(world, options with
            {
                Resume = state,
                Stop = _ => true,
                Checkpoint = reached =>
                    next = JsonSerializer.Deserialize<SearchState>(JsonSerializer.Serialize(reached)),
            });
            parts++;
            state = next;
        }
        while (part.Verdict == Verdict.Stopped);

        Assert.True(parts > 2);
        Assert.Equal((720, 0, whole.Transitions), (whole.Executions, whole.Blocked, part.Transitions));
        Assert.Equal((720, 0), (part.Executions, part.Blocked));
    }

    private static SortedSet<string> FinalStates(Strategy strategy, MemoryModel memory, Action<Family> begin)
    {
        var states = new SortedSet<string>(StringComparer.Ordinal);
        Family? family = null;
        Explorer.Run(
            machine =>
            {
                family = new Family(machine);
                begin(family);
                return null;
            },
            new ExploreOptions { Strategy = strategy, Memory = memory, OnExecution = _ => states.Add(family!.Describe()) });
        return states;
    }

    /// <summary>Fibers that start others, and what those read.</summary>
    private sealed class Family : MachineObject
    {
        private readonly Shared<int> _x;
        private readonly Shared<int> _y;
        private readonly Ghost<int> _parent;
        private readonly Ghost<int> _first;
        private readonly Ghost<int> _second;

        internal Family(SimMachine machine)
            : base(machine, "family")
        {
            _x = new Shared<int>(this, "x");
            _y = new Shared<int>(this, "y");
            _parent = new Ghost<int>(this, "parent");
            _first = new Ghost<int>(this, "first");
            _second = new Ghost<int>(this, "second");
        }

        internal static void TwoParents(Family family)
        {
            family.Machine.Spawn("writer", family.WriteAndStart);
            family.Machine.Spawn("reader", family.ReadAndStart);
        }

        internal string Describe() => $"{_x.Peek} {_y.Peek} {_parent.Peek} {_first.Peek} {_second.Peek}";

        internal void Quiet()
        {
            Machine.Spawn("one", StartQuiet);
            Machine.Spawn("two", StartQuiet);
            Machine.Spawn("three", StartQuiet);
        }

        internal void OnlyOneStarts()
        {
            Machine.Spawn("one", StartFourIfFirst);
            Machine.Spawn("two", StartFourIfFirst);
            Machine.Spawn("three", StartFourIfFirst);
        }

        internal void Crowd()
        {
            Machine.Spawn("one", StartTwoThatCount);
            Machine.Spawn("two", StartTwoThatCount);
            Machine.Spawn("three", StartTwoThatCount);
        }

        private async Op WriteAndStart(Cpu cpu)
        {
            await cpu.Rmw(_x, RmwKind.Exchange, 2);
            Machine.Spawn("adder", AddAndRead);
        }

        private async Op ReadAndStart(Cpu cpu)
        {
            _parent.Note(await cpu.Load(_y) + 1);
            Machine.Spawn("observer", ReadBoth);
        }

        private async Op AddAndRead(Cpu cpu)
        {
            await cpu.Rmw(_y, RmwKind.Add, 1);
            _first.Note(await cpu.Load(_y) + 1);
        }

        private async Op ReadBoth(Cpu cpu)
        {
            int x = await cpu.Load(_x);
            _second.Note((10 * x) + await cpu.Load(_y) + 1);
        }

        private async Op StartQuiet(Cpu cpu)
        {
            await cpu.Yield();
            Machine.Spawn("quiet", Quiet);
            await cpu.Yield();
        }

        private async Op Quiet(Cpu cpu) => await cpu.Yield();

        private async Op StartFourIfFirst(Cpu cpu)
        {
            if (await cpu.CompareExchange(_x, 0, 1) == 0)
            {
                for (int i = 0; i < 4; i++)
                {
                    Machine.Spawn($"child {i}", Write);
                }
            }
        }

        private async Op Write(Cpu cpu) => await cpu.Store(_y, 1);

        private async Op StartTwoThatCount(Cpu cpu)
        {
            await cpu.Yield();
            Machine.Spawn("left", Count);
            Machine.Spawn("right", Count);
        }

        private async Op Count(Cpu cpu)
        {
            await cpu.Rmw(_x, RmwKind.Add, 1);
            for (int i = 0; i < 20; i++)
            {
                await cpu.Yield();
            }
        }
    }
}
