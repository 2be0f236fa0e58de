using Sim.Machine.Memory;
using Sim.Scenarios.Matrix;

namespace Sim.Unit.Scenarios;

/// <summary>Kernel code under the models with views: what only they can show, and what stays clean.</summary>
public sealed class UnderWeakMemory
{
    [Theory]
    [InlineData("", "attach-vs-release attachers=1", "")]
    [InlineData("", "death-vs-reap engines=1", "")]
    [InlineData("", "request-vs-resume tracers=1", "")]
    [InlineData("AttachVsRelease.Attach", "attach-vs-release attachers=1", "G7")]
    [InlineData("AttachVsRelease.Release,ExitState.Xchg", "attach-vs-release attachers=1", "G7")]
    [InlineData("PointerBeforeFlags.Load", "attach-vs-release attachers=1", "OOPS")]
    [InlineData("ReportingVsFlags.Report", "barrier-vs-callback", "G15")]
    public void A_site_taken_away_shows(string sites, string world, string expected)
    {
        Assert.Equal(expected, SiteMatrix.Broken(sites, world, MemoryModel.Lkmm, "b"));
        Assert.Equal(expected, SiteMatrix.Broken(sites, world, MemoryModel.Power, "b"));
    }

    /// <summary>A load overtaken by an older one needs a model that lets loads be answered from the past.</summary>
    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void Stronger_models_do_not_show_the_missing_read_barrier(MemoryModel memory)
        => Assert.Equal("", SiteMatrix.Broken("PointerBeforeFlags.Load", "attach-vs-release attachers=1", memory, "b"));

    /// <summary>
    /// A finding with every barrier in place: a second attacher sets a flag after it read the pointer that the first
    /// one installed; the releaser sees the flag and misses the pointer. Its own read barrier does not help.
    /// </summary>
    [Theory]
    [InlineData(MemoryModel.Lkmm)]
    [InlineData(MemoryModel.Power)]
    public void A_flag_of_the_second_attacher_is_seen_before_the_pointer_of_the_first(MemoryModel memory)
    {
        foreach (string variant in new[] { "a", "p", "b", "c", "d" })
        {
            Assert.Equal("OOPS", SiteMatrix.Broken("", "attach-vs-release attachers=2", memory, variant));
        }
    }

    [Theory]
    [InlineData(MemoryModel.Lkmm)]
    [InlineData(MemoryModel.Power)]
    public void Variant_fixed_has_a_barrier_against_it(MemoryModel memory)
    {
        Assert.Equal("", SiteMatrix.Broken("", "attach-vs-release attachers=2", memory, "fixed"));
        Assert.Equal("OOPS", SiteMatrix.Broken("PublishStruct.Attach", "attach-vs-release attachers=2", memory, "fixed"));
    }

    /// <summary>F16: nothing bounds the time until a flag is seen, in variant fixed either.</summary>
    [Theory]
    [InlineData("interrupt-vs-user", "G33")]
    [InlineData("signals-seen", "G35")]
    public void A_flag_that_is_set_is_not_seen_in_time(string world, string guarantee)
    {
        foreach (string variant in new[] { "a", "p", "b", "c", "d", "fixed" })
        {
            Assert.Equal(guarantee, SiteMatrix.Broken("", world, MemoryModel.Lkmm, variant));
            Assert.Equal(guarantee, SiteMatrix.Broken("", world, MemoryModel.Power, variant));
        }
    }

    /// <summary>F17: a lock that is only watched lets the next holder read from before the task woke.</summary>
    [Theory]
    [InlineData(MemoryModel.Sc, "")]
    [InlineData(MemoryModel.Tso, "")]
    [InlineData(MemoryModel.Lkmm, "KCSAN")]
    [InlineData(MemoryModel.Power, "KCSAN")]
    public void A_killed_task_that_watches_the_lock_walks_beside_a_controller(MemoryModel memory, string expected)
    {
        const string world = "museum/sigkill-wakes-during-reset fixed=1";
        foreach (string variant in new[] { "a", "p", "b", "c", "d" })
        {
            Assert.Equal(expected, SiteMatrix.Broken("", world, memory, variant));
        }

        Assert.Equal("", SiteMatrix.Broken("", world, memory, "fixed"));
    }

    /// <summary>F18: a read barrier does not order an atomic without a return value.</summary>
    [Theory]
    [InlineData(MemoryModel.Sc, "")]
    [InlineData(MemoryModel.Tso, "")]
    [InlineData(MemoryModel.Lkmm, "STUCK")]
    [InlineData(MemoryModel.Power, "")]
    public void A_request_is_lost_behind_the_read_barrier_of_variant_p(MemoryModel memory, string expected)
    {
        const string world = "museum/notify-resume-rmb fixed=1";
        Assert.Equal(expected, SiteMatrix.Broken("", world, memory, "p"));
        foreach (string variant in new[] { "a", "b", "c", "d", "fixed" })
        {
            Assert.Equal("", SiteMatrix.Broken("", world, memory, variant));
        }
    }
}
