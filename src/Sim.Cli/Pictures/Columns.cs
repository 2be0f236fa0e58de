using System.Globalization;
using System.Text;

namespace Sim.Cli.Pictures;

/// <summary>Lays rows out: a column for each actor, folded to the width; one column when there are too many.</summary>
internal static class Columns
{
    private const int MaxWidth = 120;
    private const int NarrowestColumn = 18;
    private const string Gap = " | ";
    private const string Indent = "  ";
    private static readonly char[] s_joints = ['.', '_', '[', '/'];

    /// <summary>The lines of the table, its heading first.</summary>
    internal static IEnumerable<string> Lay(IReadOnlyList<string> fibers, IReadOnlyList<PictureRow> rows)
    {
        if (rows.Count == 0)
        {
            return ["(no step that another actor could notice)"];
        }

        int[] shown = [.. rows.Select(row => row.Fiber).Distinct().Order()];
        int stepWidth = rows.Max(row => StepText(row.Step).Length);
        int margin = 2 + stepWidth;
        int[] natural =
        [
            .. shown.Select(fiber => rows.Where(row => row.Fiber == fiber)
                .Max(row => Math.Max(row.Text.Length, fibers[fiber].Length))),
        ];
        int room = MaxWidth - margin - (Gap.Length * shown.Length);
        int[]? widths = Fit(natural, room);
        return widths is null
            ? OneColumn(fibers, rows, stepWidth)
            : ManyColumns(fibers, rows, shown, widths, stepWidth);
    }

    /// <summary>Widths that fit: the widest columns are cut down to one common width.</summary>
    private static int[]? Fit(int[] natural, int room)
    {
        int cap = natural.DefaultIfEmpty(0).Max();
        while (cap >= NarrowestColumn && natural.Sum(width => Math.Min(width, cap)) > room)
        {
            cap--;
        }

        return natural.Sum(width => Math.Min(width, cap)) <= room
            ? [.. natural.Select(width => Math.Min(width, cap))]
            : null;
    }

    private static IEnumerable<string> ManyColumns(
        IReadOnlyList<string> fibers, IReadOnlyList<PictureRow> rows, int[] shown, int[] widths, int stepWidth)
    {
        string blank = new(' ', 2 + stepWidth);
        List<string>[] heads = [.. shown.Select((fiber, i) => Fold(fibers[fiber], widths[i]))];
        for (int line = 0; line < heads.Max(head => head.Count); line++)
        {
            yield return Join(blank, widths, i => line < heads[i].Count ? heads[i][line] : "");
        }

        yield return Join(blank, widths, i => new string('-', widths[i]));
        foreach (PictureRow row in rows)
        {
            int column = Array.IndexOf(shown, row.Fiber);
            List<string> cell = Fold(row.Text, widths[column]);
            for (int line = 0; line < cell.Count; line++)
            {
                string margin = line == 0 ? $"{row.Mark} {StepText(row.Step).PadLeft(stepWidth)}" : blank;
                yield return Join(margin, widths, i => i == column ? cell[line] : "");
            }
        }
    }

    private static IEnumerable<string> OneColumn(
        IReadOnlyList<string> fibers, IReadOnlyList<PictureRow> rows, int stepWidth)
    {
        int nameWidth = rows.Max(row => fibers[row.Fiber].Length);
        int textWidth = Math.Max(NarrowestColumn, MaxWidth - 2 - stepWidth - nameWidth - (2 * Gap.Length));
        int[] widths = [nameWidth, textWidth];
        string blank = new(' ', 2 + stepWidth);
        yield return Join(blank, widths, i => i == 0 ? "actor" : "operation");
        foreach (PictureRow row in rows)
        {
            List<string> cell = Fold(row.Text, textWidth);
            for (int line = 0; line < cell.Count; line++)
            {
                string margin = line == 0 ? $"{row.Mark} {StepText(row.Step).PadLeft(stepWidth)}" : blank;
                yield return Join(margin, widths, i => i == 1 ? cell[line] : line == 0 ? fibers[row.Fiber] : "");
            }
        }
    }

    private static string Join(string margin, int[] widths, Func<int, string> cell)
    {
        var line = new StringBuilder(margin);
        for (int i = 0; i < widths.Length; i++)
        {
            line.Append(Gap).Append(cell(i).PadRight(widths[i]));
        }

        return line.ToString().TrimEnd();
    }

    /// <summary>Steps are counted from 1; 0 is what actors do before their first.</summary>
    private static string StepText(int step) => (step + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>Breaks a text at blanks, else inside names after a joint; later lines are indented.</summary>
    private static List<string> Fold(string text, int width)
    {
        var lines = new List<string>();
        string rest = text;
        while (rest.Length > width)
        {
            int at = rest.LastIndexOf(' ', width);
            if (at <= Indent.Length)
            {
                at = rest.LastIndexOfAny(s_joints, width - 1) + 1;
                at = at <= Indent.Length ? width : at;
            }

            lines.Add(rest[..at].TrimEnd());
            rest = Indent + rest[at..].TrimStart();
        }

        lines.Add(rest);
        return lines;
    }
}
