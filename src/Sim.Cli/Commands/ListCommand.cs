using System.CommandLine;
using System.Text.Json;
using Sim.Cli.Input;
using Sim.Cli.Output;
using Sim.Machine.Memory;
using Sim.Scenarios;
using Sim.Scenarios.Museum;

namespace Sim.Cli.Commands;

/// <summary><c>sim list</c>: everything that has a name on the command line.</summary>
internal sealed class ListCommand
{
    private static readonly (string Name, Func<IEnumerable<Entry>> Entries)[] s_lists =
    [
        ("scenarios", () => Catalogue.Scenarios.Select(OfScenario)),
        ("guarantees", () => Catalogue.Guarantees.Select(item => new Entry(item.Name, item.Sentence))),
        ("sites", () => AllSites().Select(OfSite)),
        ("mutants", () => AllSites().Select(OfMutant).Concat(MuseumCatalogue.Scenarios.Select(OfExhibit))),
        ("variants", () => Catalogue.Variants.Select(item => new Entry(item.Name, item.Summary))),
        ("lessons", () => []),
    ];

    private readonly Argument<string> _what = new("LIST")
    {
        Description = string.Join(", ", s_lists.SkipLast(1).Select(list => list.Name)) + " or " + s_lists[^1].Name,
    };

    private readonly Option<bool> _json = new("--json") { Description = "print a JSON array" };

    internal ListCommand()
    {
        Command = new Command("list", "list what has a name here") { _what, _json };
        Command.SetAction(Run);
    }

    /// <summary>The command, for the grammar.</summary>
    internal Command Command { get; }

    private int Run(ParseResult parsed)
    {
        string what = parsed.GetRequiredValue(_what);
        ParseErrors.RefuseOption(parsed, what);
        int found = Array.FindIndex(s_lists, list => string.Equals(list.Name, what, StringComparison.Ordinal));
        if (found < 0)
        {
            throw new UsageException(
                $"unknown list {Quoted.Of(what)}{Nearest.Hint(what, [.. s_lists.Select(list => list.Name)])}");
        }

        IReadOnlyList<Entry> entries = [.. s_lists[found].Entries()];
        if (parsed.GetValue(_json))
        {
            ListWriter.WriteJson(entries);
        }
        else
        {
            ListWriter.WriteText(entries);
        }

        return ExitStatus.Clean;
    }

    private static IEnumerable<Site> AllSites()
        => Catalogue.Sites.Concat(Catalogue.Scenarios.SelectMany(scenario => scenario.Sites))
            .DistinctBy(site => site.Name, StringComparer.Ordinal);

    private static Entry OfScenario(Scenario scenario) => new(scenario.Name, scenario.Summary, json =>
    {
        json.WriteStartArray("parameters");
        foreach (Parameter parameter in scenario.Parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", parameter.Name);
            json.WriteString("description", parameter.Meaning);
            json.WriteNumber("default", parameter.Default);
            json.WriteNumber("least", parameter.Least);
            json.WriteNumber("most", parameter.Most);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteNames(json, "guarantees", scenario.Guarantees);
        WriteNames(json, "sites", WorldChoice.SitesOf(scenario).Select(site => site.Name));
    });

    private static Entry OfSite(Site site) => new(site.Name, $"{KindOf(site)}, {site.Row}: {site.Purpose}", json =>
    {
        json.WriteString("kind", KindOf(site));
        json.WriteString("row", site.Row);
    });

    private static Entry OfMutant(Site site)
        => new($"without:{site.Name}", $"the {NounOf(site)} is taken away: {site.Purpose}");

    private static Entry OfExhibit(Scenario exhibit) => new(exhibit.Name, exhibit.Summary);

    private static string NounOf(Site site)
        => site.Kind == SiteKind.Locked ? "locked instruction" : KindOf(site);

    private static string KindOf(Site site) => site.Kind.ToString().ToLowerInvariant();

    private static void WriteNames(Utf8JsonWriter json, string property, IEnumerable<string> names)
    {
        json.WriteStartArray(property);
        foreach (string name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }
}
