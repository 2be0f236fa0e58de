using Sim.Explore;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Unit.Scenarios;

namespace Sim.Unit.Explore;

/// <summary>An execution in which nobody can run says why: a circle of locks, a lost wake-up, or nobody left.</summary>
public sealed class WhoWaitsForWhat
{
    [Fact]
    public void Two_who_hold_what_the_other_wants_are_in_a_deadlock()
    {
        string message = Explore(machine =>
        {
            (Latch a, Latch b) = (new Latch(machine, "a"), new Latch(machine, "b"));
            machine.Spawn("first", cpu => TakeBoth(cpu, a, b));
            machine.Spawn("second", cpu => TakeBoth(cpu, b, a));
        });

        Assert.StartsWith("deadlock: ", message, StringComparison.Ordinal);
        Assert.Contains("first waits for latch[b].word (holds 1), held by second", message, StringComparison.Ordinal);
        Assert.Contains("second waits for latch[a].word (holds 1), held by first", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wake_up_that_the_sleeper_overwrites_is_lost()
    {
        string message = Explore(machine =>
        {
            var state = new Latch(machine, "state");
            machine.Spawn("sleeper", cpu => GoToSleep(cpu, state));
            machine.Spawn("waker", cpu => WakeUp(cpu, state));
        });

        Assert.StartsWith(
            "lost wake-up: waker made latch[state].word 2, and sleeper overwrote that; nobody can run: sleeper waits for",
            message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Waiting_for_what_never_comes_is_neither()
        => Assert.StartsWith(
            "nobody can run: sleeper waits for latch[state].word (holds 1)",
            Explore(machine =>
            {
                var state = new Latch(machine, "state");
                machine.Spawn("sleeper", cpu => GoToSleep(cpu, state));
            }),
            StringComparison.Ordinal);

    [Fact]
    public void A_task_that_sleeps_after_its_wake_up_has_lost_it()
    {
        ExploreResult result = Explorer.Run(
            Worlds.Parse("detach-vs-death stop=1"),
            Worlds.Options(Sim.Machine.Memory.MemoryModel.Sc, "UtraceLock.Report") with { StopAtViolation = false });

        Assert.Contains(result.Findings, finding => finding.Violation is { Guarantee: "STUCK" } stuck &&
            stuck.Message.Contains(" waits for ", StringComparison.Ordinal));
    }

    private static string Explore(Action<SimMachine> make)
        => Assert.Single(Explorer.Run(
            machine =>
            {
                make(machine);
                return null;
            },
            new ExploreOptions()).Findings).Violation.Message;

    private static async Op TakeBoth(Cpu cpu, Latch first, Latch second)
    {
        await first.Take(cpu);
        await second.Take(cpu);
        await second.GiveBack(cpu);
        await first.GiveBack(cpu);
    }

    private static async Op GoToSleep(Cpu cpu, Latch state)
    {
        await cpu.Store(state.Word, 1);
        await cpu.LoadWhen(state.Word, GuardKind.Equal, 2);
    }

    private static async Op WakeUp(Cpu cpu, Latch state) => await cpu.Store(state.Word, 2);

    private sealed class Latch : MachineObject
    {
        internal Latch(SimMachine machine, string name)
            : base(machine, "latch", name)
            => Word = new Shared<int>(this, "word");

        internal Shared<int> Word { get; }

        internal async Op Take(Cpu cpu)
        {
            await cpu.RmwWhen(Word, GuardKind.Equal, 0, RmwKind.Exchange, 1);
            cpu.Hold(this);
        }

        internal async Op GiveBack(Cpu cpu)
        {
            cpu.Drop(this);
            await cpu.Store(Word, 0);
        }
    }
}
