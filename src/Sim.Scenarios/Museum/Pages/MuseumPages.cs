using System.Globalization;
using System.Text;
using Sim.Explore;
using Sim.Machine.Memory;

namespace Sim.Scenarios.Museum.Pages;

/// <summary>The pages of docs/museum: one for each exhibit, and an index.</summary>
public static class MuseumPages
{
    /// <summary>The name of a group.</summary>
    public static string NameOf(ExhibitGroup group) => group switch
    {
        ExhibitGroup.UtraceCore => "utrace core",
        ExhibitGroup.PtraceOverUtrace => "ptrace over utrace",
        ExhibitGroup.Instrumentation => "SystemTap, uprobes, itrace",
        ExhibitGroup.Kernel => "kernel",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The page of an exhibit.</summary>
    public static string Page(Trial trial)
    {
        Exhibit exhibit = trial.Exhibit;
        var text = new StringBuilder();
        Line(text, $"# {exhibit.Name}\n\nWritten from `Museum/` by a test; do not edit. [All exhibits](README.md)\n");
        Line(text, $"**{exhibit.Title}**\n");
        Line(text, $"- Group: {NameOf(exhibit.Group)}");
        Line(text, $"- Source: {exhibit.Source}.");
        Line(text, $"- Actors: {string.Join(", ", exhibit.Actors)}");
        Line(text, $"- Switch here: {exhibit.Switch}.");
        if (exhibit.IsControl)
        {
            Line(text, $"- A control: nothing may catch it, and nothing does, explored to the end under {NameOf(exhibit.Memory)}.");
        }
        else
        {
            Line(text, $"- Caught by: **{exhibit.Guarantee}**, under {NameOf(exhibit.Memory)}");
        }

        Line(text, $"\n## What went wrong\n\n{exhibit.Story}\n\n## The fix\n\n{exhibit.Fix}\n");
        if (trial.Simplest is { } finding)
        {
            var options = new ExploreOptions { Memory = exhibit.Memory, Without = exhibit.Without };
            Recording recording = Replayer.Run(Trial.World(exhibit, isFixed: false), options, finding.Schedule);
            Line(text, $"## The simplest schedule\n\n{finding.Violation.Guarantee}: {finding.Violation.Message}\n");
            Line(text, $"{recording.Steps.Count} steps, {recording.Preemptions} preemptions.\n");
            text.Append(SequenceDiagram.Draw(recording)).Append('\n');
        }

        Line(text, $"    sim explore museum/{exhibit.Name}                  # with the mistake");
        Line(text, $"    sim explore museum/{exhibit.Name} --set fixed=1    # without: {trial.Fixed.Executions} executions, all clean");
        return text.ToString();
    }

    /// <summary>The index: every exhibit by group, and by guarantee, actor and memory model.</summary>
    public static string Index()
    {
        var text = new StringBuilder();
        Line(text, "# The museum\n\nListed from `MuseumCatalogue` by a test; do not edit.\n");
        Line(text, "Mistakes of utrace, ptrace, SystemTap and the kernel's exit and signal code that shipped, put back one at a");
        Line(text, "time. `sim museum` explores each with the mistake and without it; a catch counts only if the fixed form of the");
        Line(text, "same world is explored to the end and clean.\n");
        Line(text, $"{MuseumCatalogue.Exhibits.Count(exhibit => !exhibit.IsControl)} shown, " +
            $"{MuseumCatalogue.Exhibits.Count(exhibit => exhibit.IsControl)} controls, " +
            $"{MuseumCatalogue.Absent.Count(absent => absent.NeedsPtrace)} that need ptrace(), " +
            $"{MuseumCatalogue.Absent.Count(absent => !absent.NeedsPtrace)} not implemented.\n");
        foreach (IGrouping<ExhibitGroup, Exhibit> group in MuseumCatalogue.Exhibits.GroupBy(exhibit => exhibit.Group))
        {
            Line(text, $"## {Capital(NameOf(group.Key))}\n\n| exhibit | what went wrong | caught by | memory |\n|---|---|---|---|");
            foreach (Exhibit exhibit in group)
            {
                string caught = exhibit.IsControl ? "nothing: a control" : exhibit.Guarantee;
                Line(text, $"| {Link(exhibit)} | {exhibit.Title} | {caught} | {NameOf(exhibit.Memory)} |");
            }

            Line(text, "");
        }

        By(text, "guarantee or sanitizer", exhibit => exhibit.IsControl ? ["none"] : [exhibit.Guarantee]);
        By(text, "actor", exhibit => exhibit.Actors);
        By(text, "weakest memory model", exhibit => [NameOf(exhibit.Memory)]);
        Line(text, "## Not shown yet\n\n| mistake | what went wrong | group | why not |\n|---|---|---|---|");
        foreach (AbsentExhibit absent in MuseumCatalogue.Absent)
        {
            Line(text, $"| {absent.Name} | {absent.Title} | {NameOf(absent.Group)} | {absent.Why ?? "needs ptrace()"} |");
        }

        return text.ToString();
    }

    private static void By(StringBuilder text, string what, Func<Exhibit, IEnumerable<string>> keys)
    {
        Line(text, $"## By {what}\n");
        foreach (IGrouping<string, Exhibit> group in MuseumCatalogue.Exhibits
            .SelectMany(exhibit => keys(exhibit).Select(key => (Key: key, Exhibit: exhibit)))
            .GroupBy(pair => pair.Key, pair => pair.Exhibit, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            Line(text, $"- **{group.Key}**: {string.Join(", ", group.Select(Link))}");
        }

        Line(text, "");
    }

    private static string Link(Exhibit exhibit) => $"[{exhibit.Name}]({exhibit.Name}.md)";

    private static string NameOf(MemoryModel memory) => memory.ToString().ToLowerInvariant();

    private static string Capital(string text) => char.ToUpper(text[0], CultureInfo.InvariantCulture) + text[1..];

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
