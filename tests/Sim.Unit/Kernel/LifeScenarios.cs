using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Unit.Scenarios;

namespace Sim.Unit.Kernel;

/// <summary>The kernel scenarios, explored to the end; and what shows when something is taken away.</summary>
public sealed class LifeScenarios
{
    [Theory]
    [InlineData("exit-vs-wait")]
    [InlineData("exit-vs-exit")]
    [InlineData("exit-vs-exit exec=1")]
    [InlineData("exec-vs-kill signal=0")]
    [InlineData("fork-vs-stop")]
    [InlineData("stop-vs-cont")]
    [InlineData("stop-vs-exit")]
    [InlineData("kill-vs-stop")]
    [InlineData("double-reap")]
    [InlineData("double-reap nohang=1")]
    [InlineData("reparent-vs-wait")]
    [InlineData("vfork-vs-kill")]
    [InlineData("vfork-vs-kill exec=1")]
    [InlineData("clone-tls")]
    [InlineData("clone-tls bind=1")]
    [InlineData("clone-tls powerpc=1")]
    [InlineData("clone-tls settls=0 raw=1")]
    public void A_world_is_clean_in_every_schedule(string world)
    {
        Assert.Equal(Verdict.Complete, Explorer.Run(Worlds.Parse(world), Worlds.Options(MemoryModel.Sc)).Verdict);
        Assert.Equal(Verdict.Complete, Explorer.Run(Worlds.Parse(world), Worlds.Options(MemoryModel.Tso)).Verdict);
    }

    [Theory]
    [InlineData("exec-vs-kill")]
    [InlineData("fork-vs-stop exits=1")]
    public void A_larger_world_is_clean_in_every_schedule(string world)
        => Assert.Equal(Verdict.Complete, Explorer.Run(Worlds.Parse(world), Worlds.Options(MemoryModel.Sc)).Verdict);

    [Theory]
    [InlineData("stop-vs-cont threads=3")]
    [InlineData("kill-vs-stop threads=3")]
    [InlineData("fork-vs-stop threads=2")]
    [InlineData("stop-vs-exit kill=1")]
    [InlineData("exit-vs-wait children=2 waiters=2")]
    [InlineData("exit-vs-exit exec=1 parent=1")]
    public void Worlds_too_large_for_that_are_clean_in_many_schedules(string world)
    {
        foreach (Strategy strategy in (Strategy[])[Strategy.Random, Strategy.Pct])
        {
            ExploreOptions options = Worlds.Options(MemoryModel.Tso) with { Strategy = strategy, Executions = 1500 };
            Assert.Equal(Verdict.Sampled, Explorer.Run(Worlds.Parse(world), options).Verdict);
        }
    }

    [Theory]
    [InlineData("double-reap", "ExitState.Xchg", MemoryModel.Sc, "K1")]
    [InlineData("exit-vs-wait", "DeathInterlock.ExitNotify", MemoryModel.Sc, "KASAN")]
    [InlineData("kill-vs-stop", "Rcu.Call", MemoryModel.Tso, "KASAN")]
    [InlineData("clone-tls settls=0", "", MemoryModel.Sc, "K5")]
    [InlineData("clone-tls settls=0 bind=1", "", MemoryModel.Sc, "K5")]
    [InlineData("clone-tls settls=0 powerpc=1", "", MemoryModel.Sc, "K5")]
    public void What_is_taken_away_shows(string world, string without, MemoryModel memory, string broken)
    {
        ExploreOptions options = without.Length == 0 ? Worlds.Options(memory) : Worlds.Options(memory, without);

        Assert.Equal(broken, Assert.Single(Explorer.Run(Worlds.Parse(world), options).Findings).Violation.Guarantee);
    }
}
