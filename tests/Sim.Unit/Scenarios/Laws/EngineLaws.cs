using Sim.Explore;
using Sim.Machine.Memory;

namespace Sim.Unit.Scenarios.Laws;

/// <summary>Each law G1 to G16, G23 and G36 to G38 is broken by a core that leaves one thing out, and kept by the whole core in the same world.</summary>
public sealed class EngineLaws
{
    /// <summary>Law, what is left out, and the world that shows it.</summary>
    public static TheoryData<string, string, string> Broken { get; } = new()
    {
        { "G1", "DeathInterlock.SetEvents", "events-vs-death" },
        { "G2", "Check.TooLateToSet", "calls-on-zombie call=1 other=1 reported=0" },
        { "G3", "UtraceLock.MaybeReap", "death-vs-reap engines=1" },
        { "G4", "Check.ReapDefers", "death-vs-reap engines=1 slow=2" },
        { "G5", "Check.DetachAnswer", "death-vs-reap engines=1 detach=1" },
        { "G6", "Check.ControlDead", "calls-on-zombie call=5" },
        { "G7", "PublishStruct.Install", "attach-vs-release attachers=2" },
        { "G8", "Check.ForgetFlags", "calls-on-zombie call=0 reap=1 after=1" },
        { "G9", "Check.WantsReap", "death-vs-reap engines=1 reap=0" },
        { "G10", "Check.MarkDetached", "detach-vs-death stop=1" },
        { "G12", "Check.MarkDetached", "calls-in-callbacks" },
        { "G13", "Check.DetachOfDead", "calls-on-zombie call=9 reap=1" },
        { "G14", "Check.MarkDetached", "calls-in-callbacks again=1" },
        { "G15", "Check.SetEventsReporting", "calls-in-callbacks call=1" },
        { "G16", "Check.BarrierReporting", "calls-in-callbacks call=3 by=2" },
        { "G23", "Fork.WakeAfterReport", "passes program=1" },
        { "G36", "Release.DelayedPut", "pointer-vs-release" },
        { "G37", "Check.AttachPidPut", "engine-outlives-task" },
        { "G38", "Pid.NewStruct", "pid-vs-reuse" },
    };

    /// <summary>The worlds that are small enough to be explored to the end here; the matrix has the others.</summary>
    public static TheoryData<string> Small { get; } = new()
    {
        "calls-on-zombie call=1",
        "calls-on-zombie call=5",
        "calls-on-zombie call=0 reap=1 after=1",
        "death-vs-reap engines=1 reap=0",
        "death-vs-reap engines=1 slow=1",
        "death-vs-reap engines=1 slow=2",
        "passes program=1",
        "pointer-vs-release",
        "pointer-vs-release call=1",
        "calls-in-callbacks again=1",
        "calls-in-callbacks call=1",
        "calls-in-callbacks at=4 call=1",
        "calls-in-callbacks at=5 call=1 by=1",
        "calls-in-callbacks at=2 call=3 by=1",
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_core_that_leaves_it_out_breaks_this_law(string law, string without, string world)
    {
        ExploreResult result = Explorer.Run(Worlds.Parse(world), Worlds.Options(MemoryModel.Sc, without));

        Assert.Equal(law, Assert.Single(result.Findings).Violation.Guarantee);
    }

    [Fact]
    public void G11_breaks_without_the_fence_of_the_report()
    {
        ExploreResult result = Explorer.Run(
            Worlds.Parse("barrier-vs-callback detach=1"), Worlds.Options(MemoryModel.Tso, "ReportingVsFlags.Report"));

        Assert.Equal("G11", Assert.Single(result.Findings).Violation.Guarantee);
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void The_whole_core_keeps_every_law(string world)
        => Assert.Equal(Verdict.Complete, Explorer.Run(Worlds.Parse(world), Worlds.Options(MemoryModel.Sc)).Verdict);

    [Theory]
    [InlineData("G8", "calls-on-zombie call=3 reap=1 reported=0 after=1")]
    [InlineData("G6", "calls-on-zombie call=0 quiesce=1 after=2")]
    public void Variant_B_breaks_it(string law, string world)
        => Assert.Equal(
            law,
            Assert.Single(Explorer.Run(Worlds.Parse(world), Worlds.Options(MemoryModel.Sc)).Findings).Violation.Guarantee);
}
