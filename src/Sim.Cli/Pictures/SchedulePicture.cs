using System.Text;
using Sim.Explore;
using Sim.Machine.Memory;

namespace Sim.Cli.Pictures;

/// <summary>
/// A schedule as text: what broke, the actors as columns, the steps that matter as rows, what would
/// have ordered them, and the command that shows it again. The same recording gives the same bytes.
/// </summary>
internal static class SchedulePicture
{
    /// <summary>Draws a recording.</summary>
    internal static string Draw(Recording recording, Caption caption)
    {
        var matter = new RowsThatMatter(recording, caption.Removed);
        var text = new StringBuilder();
        Line(text, Heading(recording, caption));
        if (caption.Sentence is { } sentence &&
            recording.Violation?.Message.Contains(sentence, StringComparison.Ordinal) == false)
        {
            Line(text, $"the guarantee: {sentence}");
        }

        Line(text, $"in {caption.World}: {Extent(recording)}");
        Line(text, "");
        foreach (string line in Columns.Lay(recording.Fibers, matter.Rows))
        {
            Line(text, line);
        }

        Line(text, "");
        Line(text, "> another actor goes on    ! it takes over from one that could have gone on");
        foreach (string line in matter.Names.Key)
        {
            Line(text, line);
        }

        if (matter.LeftOut > 0)
        {
            string operations = matter.LeftOut == 1 ? "operation" : "operations";
            Line(text, $"left out: {matter.LeftOut} {operations} that nobody else can see");
        }

        if (recording.Violation is not null)
        {
            foreach (Site site in caption.Removed)
            {
                Line(text, WouldHaveOrdered(site));
            }
        }

        Line(text, $"replay: sim replay {caption.Token}");
        return text.ToString();
    }

    private static string Heading(Recording recording, Caption caption) => recording.Violation is { } violation
        ? $"{violation.Guarantee}{(caption.IsGuarantee ? " is broken" : "")}: {violation.Message}"
        : "nothing broke in this schedule";

    private static string Extent(Recording recording)
    {
        int steps = recording.Steps.Count;
        int preemptions = recording.Preemptions;
        return $"{steps} {(steps == 1 ? "step" : "steps")}, " +
            $"{preemptions} {(preemptions == 1 ? "preemption" : "preemptions")}";
    }

    private static string WouldHaveOrdered(Site site) => site.Kind switch
    {
        SiteKind.Fence => $"ordered by: the fence {Named(site)}",
        SiteKind.Lock => $"ordered by: the lock {Named(site)}",
        SiteKind.Locked => $"ordered by: the locked instruction {Named(site)}",
        SiteKind.Check => $"caught by: the check {Named(site)}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Named(Site site) => $"{site.Name} ({site.Row}), which was taken away: {site.Purpose}";

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
