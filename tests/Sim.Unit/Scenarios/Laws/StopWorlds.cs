using Sim.Machine.Memory;
using Sim.Scenarios.Matrix;

namespace Sim.Unit.Scenarios.Laws;

/// <summary>
/// The worlds about stops, interrupts, examinations and signals: with the whole core they are explored to the end and
/// clean, or show a finding. That each law can fail is in the mutation table.
/// </summary>
public sealed class StopWorlds
{
    [Theory]
    [InlineData("stop-vs-release")]
    [InlineData("stop-vs-release quiesce=1")]
    [InlineData("two-stops")]
    [InlineData("group-stop-vs-tracer")]
    [InlineData("kill-vs-answer")]
    [InlineData("kill-vs-answer place=1")]
    [InlineData("kill-vs-answer place=2")]
    [InlineData("stop-places event=0")]
    [InlineData("stop-places event=1")]
    [InlineData("stop-places event=2")]
    [InlineData("stop-places event=3")]
    [InlineData("stop-places event=4")]
    [InlineData("entry-stop-vs-request")]
    [InlineData("entry-stop-vs-request request=1")]
    [InlineData("interrupt-vs-user")]
    [InlineData("signals-seen")]
    [InlineData("signals-seen signal=1")]
    [InlineData("signals-seen signal=2")]
    [InlineData("signals-seen report=0")]
    [InlineData("signals-seen report=0 signal=1")]
    [InlineData("signals-seen report=0 signal=2")]
    [InlineData("examine-vs-kill")]
    [InlineData("traced-stop-vs-kill")]
    public void The_whole_core_keeps_the_guarantee(string world)
    {
        Assert.Equal("", SiteMatrix.Broken("", world, MemoryModel.Sc, "b"));
        Assert.Equal("", SiteMatrix.Broken("", world, MemoryModel.Tso, "b"));
    }

    [Theory]
    [InlineData("stop-vs-release detach=0", "G28")]
    [InlineData("stop-places event=1 quiesce=0", "G31")]
    public void A_finding_shows(string world, string guarantee)
        => Assert.Equal(guarantee, SiteMatrix.Broken("", world, MemoryModel.Sc, "b"));

    [Fact]
    public void Version_A_reports_a_system_call_entry_once()
        => Assert.Equal("G32", SiteMatrix.Broken("", "entry-stop-vs-request", MemoryModel.Sc, "a"));

    [Fact]
    public void Version_D_leaves_a_group_stop_to_later_kernels()
        => Assert.Equal("G29", SiteMatrix.Broken("", "group-stop-vs-tracer", MemoryModel.Sc, "d"));
}
