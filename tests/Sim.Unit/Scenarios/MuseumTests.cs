using Sim.Explore;
using Sim.Scenarios.Museum;
using Sim.Utrace.Variants.Historic;

namespace Sim.Unit.Scenarios;

/// <summary>The museum: every mistake is caught by whom it should be, and no fixed form is.</summary>
public sealed class MuseumTests
{
    /// <summary>Bugs that museum.md tells of.</summary>
    private const int Known = 91;

    public static TheoryData<string> Names => MuseumTrials.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mistake_is_caught_and_its_fixed_form_is_clean(string name)
    {
        Trial trial = MuseumTrials.Of(name);

        Assert.Equal(Verdict.Complete, trial.Fixed.Verdict);
        Assert.Equal(trial.Exhibit.Guarantee, trial.Simplest?.Violation.Guarantee ?? "");
        Assert.Equal(trial.Exhibit.IsControl ? TrialVerdict.Clean : TrialVerdict.Caught, trial.Verdict);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_weaker_memory_model_is_asked_for_only_where_the_stronger_is_clean(string name)
    {
        Exhibit exhibit = MuseumCatalogue.Find(name)!;
        if (exhibit.Memory != Sim.Machine.Memory.MemoryModel.Sc && !exhibit.IsControl)
        {
            ExploreResult result = Explorer.Run(
                Trial.World(exhibit, isFixed: false), new ExploreOptions { Without = exhibit.Without });
            Assert.Equal(Verdict.Complete, result.Verdict);
        }
    }

    [Fact]
    public void Every_known_mistake_is_listed_once()
    {
        string[] names =
        [
            .. MuseumCatalogue.Exhibits.Where(exhibit => !exhibit.IsControl).Select(exhibit => exhibit.Name),
            .. MuseumCatalogue.Absent.Select(absent => absent.Name),
        ];
        Assert.Equal(names.Distinct(StringComparer.Ordinal), names, StringComparer.Ordinal);
        Assert.Equal(Known, names.Length);
    }

    [Fact]
    public void Every_historic_version_is_shown()
        => Assert.Equal(
            HistoricVariants.All.Select(variant => variant.Name).Order(StringComparer.Ordinal),
            MuseumCatalogue.Exhibits.Select(exhibit => exhibit.Historic).OfType<string>().Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
}
