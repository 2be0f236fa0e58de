using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Scenarios;

namespace Sim.Unit.Scenarios;

/// <summary>
/// What each fence and lock of the slice is for, as docs/barriers.md says: taken away by name,
/// explored to the end.
/// </summary>
public sealed class BarrierMatrix
{
    private static readonly string[] s_worlds =
    [
        "attach-vs-release attachers=1",
        "attach-vs-release attachers=2",
        "death-vs-reap engines=1",
        "death-vs-reap engines=1 detach=1",
        "detach-vs-death",
        "detach-vs-death exit=1",
        "detach-vs-death stop=1",
        "barrier-vs-callback",
        "barrier-vs-callback detach=1",
        "events-vs-death",
        "events-vs-death parent=1",
        "request-vs-resume tracers=1",
        "request-vs-resume tracers=2",
    ];

    /// <summary>Site, world, and the guarantee that breaks under sc and under tso; empty for none.</summary>
    public static TheoryData<string, string, string, string> Shown { get; } = new()
    {
        { "AttachVsRelease.Attach", "attach-vs-release attachers=1", "", "G7" },
        { "AttachVsRelease.Release", "attach-vs-release attachers=1", "", "" },
        { "AttachVsRelease.Release,ExitState.Xchg", "attach-vs-release attachers=1", "", "" },
        { "AttachVsRelease.Release,RwLock.Unlock", "attach-vs-release attachers=1", "", "" },
        { "ExitState.Xchg,RwLock.Unlock", "attach-vs-release attachers=1", "", "" },
        {
            "AttachVsRelease.Release,ExitState.Xchg,RwLock.Unlock", "attach-vs-release attachers=1", "", "G7"
        },
        { "PublishStruct.Install", "attach-vs-release attachers=2", "G7", "G7" },
        { "ReportingVsFlags.Report", "barrier-vs-callback", "", "G15" },
        { "ReportingVsFlags.Report", "barrier-vs-callback detach=1", "", "G11" },
        { "ReportingVsFlags.ReportAgain", "barrier-vs-callback quiesce=1", "", "G15" },
        { "ReportingVsFlags.SetEvents", "barrier-vs-callback", "", "G15" },
        { "ReportingVsFlags.Detach", "barrier-vs-callback detach=1", "", "" },
        { "ReportingVsFlags.Detach", "barrier-vs-callback detach=1 requester=1", "", "G11" },
        { "DeathInterlock.SetEvents", "events-vs-death", "G1", "G1" },
        { "DeathInterlock.ExitNotify", "events-vs-death", "G1", "G1" },
        { "UtraceLock.Attach", "attach-vs-release attachers=2", "G7", "G7" },
        { "UtraceLock.SetEvents", "events-vs-death", "G7", "G1" },
        { "UtraceLock.ReportDeath", "events-vs-death", "G1", "G1" },
        { "UtraceLock.MaybeReap", "death-vs-reap engines=1", "G3", "KCSAN" },
        { "UtraceLock.Control", "detach-vs-death", "KCSAN", "G11" },
        { "UtraceLock.Control", "detach-vs-death stop=1", "STUCK", "STUCK" },
        { "UtraceLock.Report", "detach-vs-death stop=1", "STUCK", "STUCK" },
    };

    /// <summary>Sites that nothing shows under the models there are, with the reason in docs/barriers.md.</summary>
    public static TheoryData<string> Silent { get; } = new()
    {
        "PublishStruct.Init",
        "PublishStruct.Deref",
        "PointerBeforeFlags.Load",
        "DetachPublish.Mark",
        "DetachPublish.Read",
        "NotifyResume.Read",
        "ExitState.Xchg",
        "RwLock.Unlock",
        "ThreadFlag.Clear",
        "DeathInterlock.ReportDeath",
        "Schedule.RunQueueLock",
        "Rcu.Call",
    };

    [Theory]
    [MemberData(nameof(Shown))]
    public void A_site_taken_away_breaks_what_the_table_says(
        string sites, string world, string sc, string tso)
    {
        Assert.Equal(sc, Broken(sites, world, MemoryModel.Sc, "b"));
        Assert.Equal(tso, Broken(sites, world, MemoryModel.Tso, "b"));
    }

    [Theory]
    [MemberData(nameof(Silent))]
    public void A_silent_site_is_silent_in_every_world(string site)
    {
        foreach (string world in s_worlds)
        {
            Assert.Equal("", Broken(site, world, MemoryModel.Sc, "b"));
            Assert.Equal("", Broken(site, world, MemoryModel.Tso, "b"));
        }
    }

    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void The_fence_that_variant_P_has_in_the_death_report_is_redundant(MemoryModel memory)
    {
        foreach (string world in s_worlds)
        {
            Assert.Equal("", Broken("DeathInterlock.ReportDeath", world, memory, "p"));
        }
    }

    [Theory]
    [InlineData("b", MemoryModel.Sc)]
    [InlineData("b", MemoryModel.Tso)]
    [InlineData("p", MemoryModel.Sc)]
    [InlineData("p", MemoryModel.Tso)]
    public void With_every_site_in_place_every_world_is_clean(string variant, MemoryModel memory)
    {
        foreach (string world in s_worlds)
        {
            Assert.Equal("", Broken("", world, memory, variant));
        }
    }

    [Fact]
    public void Every_site_has_its_row()
    {
        var tested = new HashSet<string>(StringComparer.Ordinal) { "UtraceLock.Barrier" };
        tested.UnionWith(Shown.SelectMany(row => row.Data.Item1.Split(',')));
        tested.UnionWith(Silent.Select(row => row.Data));
        Assert.All(Catalogue.Sites, site => Assert.Contains(site.Name, tested));
    }

    private static string Broken(string sites, string world, MemoryModel memory, string variant)
    {
        string[] without = sites.Length == 0 ? [] : sites.Split(',');
        ExploreResult result = Explorer.Run(
            Worlds.Parse(world, variant), Worlds.Options(memory, without));
        if (result.Findings.Count == 0)
        {
            Assert.Equal(Verdict.Complete, result.Verdict);
            return "";
        }

        return result.Findings[0].Violation.Guarantee;
    }
}
