using System.Text;
using Sim.Explore;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Machine.Tracing;

namespace Sim.Scenarios.Museum.Pages;

/// <summary>
/// A schedule as a Mermaid sequence diagram: what each actor does to words that several use, remarks of the observers,
/// and an arrow where one reads what another has stored. Locks are left out.
/// </summary>
internal sealed class SequenceDiagram
{
    private const int MostLinesOfNote = 6;

    private readonly StringBuilder _text = new("```mermaid\nsequenceDiagram\n");
    private readonly List<string> _note = [];
    private readonly Dictionary<Cell, int> _writers = [];
    private int _actor = -1;

    private SequenceDiagram()
    {
    }

    /// <summary>Draws a recording.</summary>
    internal static string Draw(Recording recording)
    {
        var diagram = new SequenceDiagram();
        TraceEvent[] shown = [.. Shown(recording)];
        foreach (int fiber in shown.Select(item => item.Fiber.Index).Distinct().Order())
        {
            diagram._text.Append(System.Globalization.CultureInfo.InvariantCulture, $"    participant P{fiber} as {recording.Fibers[fiber]}\n");
        }

        foreach (TraceEvent item in shown)
        {
            diagram.Add(item);
        }

        diagram.EndNote();
        return diagram._text.Append("```\n").ToString();
    }

    private static IEnumerable<TraceEvent> Shown(Recording recording)
    {
        TraceEvent[] events = [.. recording.Events.Where(item => item.Fiber.Index >= 0)];
        HashSet<Cell> cells =
        [
            .. events.Where(item => item.Op.Cell is not null && item.Note is null).GroupBy(item => item.Op.Cell!)
                .Where(touched => IsTold(touched.Key) &&
                    touched.Select(item => item.Fiber.Index).Distinct().Count() > 1 &&
                    touched.Any(item => item.Op.Kind != OpKind.Load))
                .Select(touched => touched.Key),
        ];
        return events.Where(item => item.Note is not null || item.Op.Kind == OpKind.Free ||
            (item.Op.Cell is { } cell && cells.Contains(cell)));
    }

    /// <summary>Not the words of locks, read sections and reference counts, nor what only observers keep.</summary>
    private static bool IsTold(Cell cell)
        => cell.Sort != CellSort.Ghost && !cell.Owner.Kind.EndsWith("lock", StringComparison.Ordinal) &&
            !cell.Field.EndsWith("lock", StringComparison.Ordinal) &&
            cell.Field is not ("entered" or "kref" or "usage");

    private void Add(TraceEvent item)
    {
        int fiber = item.Fiber.Index;
        if (item.Op is { Kind: OpKind.Load, Cell: { } cell } && item.Note is null &&
            _writers.TryGetValue(cell, out int writer) && writer != fiber)
        {
            EndNote();
            _text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"    P{writer}-->>P{fiber}: {Clean($"reads {cell} = {cell.Show(item.Old)}")}\n");
            return;
        }

        if (item.Op is { Cell: { } written, Kind: not OpKind.Load } && item.Note is null)
        {
            _writers[written] = fiber;
        }

        if (_actor != fiber || _note.Count == MostLinesOfNote)
        {
            EndNote();
            _actor = fiber;
        }

        _note.Add(Clean(item.Op.Kind == OpKind.Flush ? $"visible now: {item.Text}" : item.Text));
    }

    private void EndNote()
    {
        if (_note.Count > 0)
        {
            _text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"    Note over P{_actor}: {string.Join("<br/>", _note)}\n");
            _note.Clear();
        }
    }

    /// <summary>Without what would end a line of the diagram.</summary>
    private static string Clean(string text) => text.Replace(';', ',').Replace("#", "no. ", StringComparison.Ordinal)
        .Replace("->", "to", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
