using System.Text.Json;
using Spectre.Console;

namespace Sim.Cli.Output;

/// <summary>Something that has a name, as <c>sim list</c> shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">One line.</param>
/// <param name="WriteMore">Writes its other properties as JSON.</param>
internal sealed record Entry(string Name, string Description, Action<Utf8JsonWriter>? WriteMore = null);

/// <summary>Writes lists: names first, then what they mean.</summary>
internal static class ListWriter
{
    /// <summary>One entry a line, the name first; folded to its width on a terminal.</summary>
    internal static void WriteText(IReadOnlyList<Entry> entries)
    {
        if (Console.IsOutputRedirected || entries.Count == 0)
        {
            int width = entries.Count == 0 ? 0 : entries.Max(entry => entry.Name.Length);
            foreach (Entry entry in entries)
            {
                Console.Out.WriteLine($"{entry.Name.PadRight(width)}  {entry.Description}");
            }

            return;
        }

        var grid = new Grid();
        grid.AddColumn(new GridColumn { NoWrap = true });
        grid.AddColumn();
        foreach (Entry entry in entries)
        {
            grid.AddRow(new Text(entry.Name, new Style(decoration: Decoration.Bold)), new Text(entry.Description));
        }

        AnsiConsole.Write(grid);
    }

    /// <summary>One array, an object a line.</summary>
    internal static void WriteJson(IReadOnlyList<Entry> entries)
        => Console.Out.WriteLine(entries.Count == 0
            ? "[]"
            : "[\n" + string.Join(",\n", entries.Select(ToJson)) + "\n]");

    private static string ToJson(Entry entry) => JsonLine.Of(json =>
    {
        json.WriteString("name", entry.Name);
        json.WriteString("description", entry.Description);
        entry.WriteMore?.Invoke(json);
    });
}
