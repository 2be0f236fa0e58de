using Sim.Explore;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Unit.Machine.State;

namespace Sim.Unit.Explore;

/// <summary>
/// Accesses of guarded words are no steps, so the reduction does not reorder them with the end of the
/// object's life. That loses nothing: one that is not ordered before it is reported in every order.
/// </summary>
public sealed class LifetimesOfGuardedWords
{
    [Theory]
    [InlineData(Strategy.Dpor, MemoryModel.Sc, true)]
    [InlineData(Strategy.Dpor, MemoryModel.Tso, true)]
    [InlineData(Strategy.Dfs, MemoryModel.Sc, true)]
    [InlineData(Strategy.Dpor, MemoryModel.Sc, false)]
    [InlineData(Strategy.Dpor, MemoryModel.Tso, false)]
    public void A_use_in_the_body_of_a_step_is_found_whoever_comes_first(
        Strategy strategy, MemoryModel memory, bool userFirst)
    {
        ExploreResult result = Explore(strategy, memory, (machine, depot) =>
        {
            if (userFirst)
            {
                machine.Spawn("user", cpu => YieldThenGet(cpu, depot));
            }

            machine.Spawn("owner", cpu => Free(cpu, depot));
            if (!userFirst)
            {
                machine.Spawn("user", cpu => YieldThenGet(cpu, depot));
            }
        });

        Assert.Equal("KASAN", Assert.Single(result.Findings).Violation.Guarantee);
        Assert.Equal(result.Executions, result.Violating);
        Assert.Equal(0, result.Blocked);
    }

    /// <summary>The step that uses the object sleeps when the owner frees it.</summary>
    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void A_use_in_a_step_that_sleeps_is_found(MemoryModel memory)
    {
        ExploreResult result = Explore(Strategy.Dpor, memory, (machine, depot) =>
        {
            var door = new Crate(machine);
            machine.Spawn("owner", cpu => FreeIfOpen(cpu, door, depot));
            machine.Spawn("opener", cpu => Open(cpu, door));
            machine.Spawn("user", cpu => YieldThenGet(cpu, depot));
        });

        Assert.Equal("KASAN", Assert.Single(result.Findings).Violation.Guarantee);
    }

    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void A_use_that_ends_before_the_owner_is_told_is_none_after_free(MemoryModel memory)
    {
        ExploreResult result = Explore(Strategy.Dpor, memory, (machine, depot) =>
        {
            var flag = new Crate(machine);
            machine.Spawn("user", cpu => GetThenTell(cpu, depot, flag));
            machine.Spawn("owner", cpu => AwaitThenFree(cpu, flag, depot));
        });

        Assert.Equal((Verdict.Complete, 1), (result.Verdict, result.Executions));
    }

    /// <summary>The step that tells the owner goes on to use the object: nothing keeps the owner back.</summary>
    [Fact]
    public void A_use_after_the_owner_was_told_in_the_same_step_is_found()
    {
        ExploreResult result = Explore(Strategy.Dpor, MemoryModel.Sc, (machine, depot) =>
        {
            var flag = new Crate(machine);
            machine.Spawn("user", cpu => TellThenGet(cpu, depot, flag));
            machine.Spawn("owner", cpu => AwaitThenFree(cpu, flag, depot));
        });

        Assert.Equal("KASAN", Assert.Single(result.Findings).Violation.Guarantee);
    }

    private static ExploreResult Explore(Strategy strategy, MemoryModel memory, Action<SimMachine, Depot> fibers)
        => Explorer.Run(
            machine =>
            {
                fibers(machine, new Depot(machine));
                return null;
            },
            new ExploreOptions { Strategy = strategy, Memory = memory, StopAtViolation = false });

    private static async Op YieldThenGet(Cpu cpu, Depot depot)
    {
        await cpu.Yield();
        _ = depot.Loose.Get(cpu);
    }

    private static async Op Free(Cpu cpu, Depot depot) => await cpu.Free(depot);

    private static async Op Open(Cpu cpu, Crate door) => await cpu.Store(door.Content, 1);

    private static async Op FreeIfOpen(Cpu cpu, Crate door, Depot depot)
    {
        if (await cpu.Load(door.Content) == 1)
        {
            await cpu.Free(depot);
        }
    }

    private static async Op GetThenTell(Cpu cpu, Depot depot, Crate flag)
    {
        await cpu.Yield();
        _ = depot.Loose.Get(cpu);
        await cpu.Store(flag.Content, 1);
    }

    private static async Op TellThenGet(Cpu cpu, Depot depot, Crate flag)
    {
        await cpu.Store(flag.Content, 1);
        _ = depot.Loose.Get(cpu);
    }

    private static async Op AwaitThenFree(Cpu cpu, Crate flag, Depot depot)
    {
        await cpu.LoadWhen(flag.Content, GuardKind.Equal, 1);
        await cpu.Free(depot);
    }
}
