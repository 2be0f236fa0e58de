using Sim.Machine.Memory;
using Sim.Scenarios;
using Sim.Scenarios.Matrix;

namespace Sim.Unit.Scenarios;

/// <summary>
/// What each fence, lock and check is for, as docs/barriers.md says: taken away by name, explored to the end.
/// </summary>
public sealed class BarrierMatrix
{
    /// <summary>Site, world, variant, model, and the guarantee that breaks; empty for none.</summary>
    public static TheoryData<string, string, string, MemoryModel, string> Shown { get; } =
        [.. from row in SiteMatrix.Shown
            from memory in new[] { MemoryModel.Sc, MemoryModel.Tso, MemoryModel.Lkmm, MemoryModel.Power }
            select new TheoryDataRow<string, string, string, MemoryModel, string>(
                row.Sites, row.World, row.Variant, memory, row.Expected(memory))];

    /// <summary>Sites that nothing shows under the models there are.</summary>
    public static TheoryData<string> Silent { get; } = [.. SiteMatrix.Silent.Select(silent => silent.Site)];

    [Theory]
    [MemberData(nameof(Shown))]
    public void A_site_taken_away_breaks_what_the_table_says(
        string sites, string world, string variant, MemoryModel memory, string guarantee)
        => Assert.Equal(guarantee, SiteMatrix.Broken(sites, world, memory, variant, SiteMatrix.Limit(memory)));

    [Theory]
    [MemberData(nameof(Silent))]
    public void A_silent_site_is_silent_in_every_world(string site)
    {
        foreach (string world in SiteMatrix.Worlds)
        {
            Assert.Equal("", SiteMatrix.Broken(site, world, MemoryModel.Sc, "b"));
            Assert.Equal("", SiteMatrix.Broken(site, world, MemoryModel.Tso, "b"));
        }
    }

    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void The_fence_that_variant_P_has_in_the_death_report_is_redundant(MemoryModel memory)
    {
        foreach (string world in SiteMatrix.Worlds)
        {
            Assert.Equal("", SiteMatrix.Broken("DeathInterlock.ReportDeath", world, memory, "p"));
        }
    }

    [Theory]
    [InlineData("b", MemoryModel.Sc)]
    [InlineData("b", MemoryModel.Tso)]
    [InlineData("p", MemoryModel.Sc)]
    [InlineData("p", MemoryModel.Tso)]
    public void With_every_site_in_place_every_world_is_clean(string variant, MemoryModel memory)
    {
        foreach (string world in SiteMatrix.Worlds)
        {
            Assert.Equal("", SiteMatrix.Broken("", world, memory, variant));
        }
    }

    [Fact]
    public void Every_site_has_its_row()
    {
        var tested = SiteMatrix.Shown.SelectMany(row => row.Sites.Split(','))
            .Concat(SiteMatrix.Silent.Select(silent => silent.Site))
            .Concat(Laws.EngineLaws.Broken.Select(row => row.Data.Item2))
            .ToHashSet(StringComparer.Ordinal);
        Assert.All(Catalogue.Sites, site => Assert.Contains(site.Name, tested));
    }
}
