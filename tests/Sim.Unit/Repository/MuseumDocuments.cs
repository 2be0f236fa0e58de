using Sim.Scenarios.Museum;
using Sim.Scenarios.Museum.Pages;
using Sim.Unit.Scenarios;

namespace Sim.Unit.Repository;

/// <summary>The pages of docs/museum say what the museum shows.</summary>
public sealed class MuseumDocuments
{
    public static TheoryData<string> Names => MuseumTrials.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void The_page_of_an_exhibit_is_written_from_it(string name)
        => Checkout.Expect($"docs/museum/{name}.md", MuseumPages.Page(MuseumTrials.Of(name)));

    [Fact]
    public void The_index_lists_every_exhibit() => Checkout.Expect("docs/museum/README.md", MuseumPages.Index());

    [Fact]
    public void There_is_no_page_without_an_exhibit()
    {
        IEnumerable<string> pages = Directory.EnumerateFiles(Checkout.File("docs/museum"), "*.md")
            .Select(path => Path.GetFileNameWithoutExtension(path));
        Assert.Equal(
            MuseumCatalogue.Exhibits.Select(exhibit => exhibit.Name).Append("README").Order(StringComparer.Ordinal),
            pages.Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }
}
