using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Machine.Tracing;

namespace Sim.Cli.Pictures;

/// <summary>One operation in a picture.</summary>
/// <param name="Mark">Blank, '&gt;' for a switch, '!' for a preemption.</param>
/// <param name="Step">Its step.</param>
/// <param name="Fiber">Whose column it stands in.</param>
/// <param name="Text">What it does.</param>
internal readonly record struct PictureRow(char Mark, int Step, int Fiber, string Text);

/// <summary>
/// Picks the operations that matter: those on locks, on cells that several actors touch and somebody
/// changes, and on cells that the message names; flushes of such cells; fences that something waited
/// for or that belong to what was taken away; choices, ends of lifetimes, and what observers saw.
/// </summary>
internal sealed class RowsThatMatter
{
    private readonly Recording _recording;
    private readonly HashSet<Cell> _cells;
    private readonly HashSet<string> _orderings;
    private readonly List<PictureRow> _rows = [];

    /// <summary>Picks the rows of a recording.</summary>
    /// <param name="recording">What happened.</param>
    /// <param name="removed">The sites that were taken away.</param>
    internal RowsThatMatter(Recording recording, IReadOnlyList<Site> removed)
    {
        _recording = recording;
        _orderings = new HashSet<string>(removed.Select(site => site.Row), StringComparer.Ordinal);
        _cells = CellsThatMatter(recording);
        int[] shown = [.. Enumerable.Range(0, recording.Events.Count).Where(Matters)];
        Names = new CellNames(shown.Select(i => recording.Events[i].Op.Cell).OfType<Cell>().Distinct());
        Pick(shown, new Wording(Names, IsNamed));
        LeftOut = recording.Events.Count(IsOfTheSchedule) - shown.Length;
    }

    /// <summary>The rows.</summary>
    internal IReadOnlyList<PictureRow> Rows => _rows;

    /// <summary>The names of the cells in them.</summary>
    internal CellNames Names { get; }

    /// <summary>How many operations of the actors are left out.</summary>
    internal int LeftOut { get; }

    private void Pick(int[] shown, Wording wording)
    {
        char[] marks = [.. _recording.Fibers.Select(_ => ' ')];
        int step = 0;
        int running = -1;
        foreach (int index in shown)
        {
            TraceEvent item = _recording.Events[index];
            for (; step <= item.Step; step++)
            {
                Mark(marks, _recording.Steps[step]);
            }

            int fiber = item.Fiber.Index;
            char mark = ' ';
            if (item.Op.Kind != OpKind.Flush)
            {
                mark = running == fiber ? ' ' : marks[fiber];
                marks[fiber] = ' ';
                running = fiber;
            }

            _rows.Add(new PictureRow(mark, item.Step, fiber, wording.Of(item)));
        }
    }

    private static void Mark(char[] marks, Step step)
    {
        if (step.IsSwitch)
        {
            marks[step.Fiber] = step.IsPreemption ? '!' : '>';
        }
    }

    /// <summary>Whether an event belongs to an actor, and not to whoever set the world up.</summary>
    private static bool IsOfTheSchedule(TraceEvent item)
        => item.Fiber.Index >= 0 && (item.Note is not null || item.Op.Kind is not (OpKind.None or OpKind.Yield));

    private bool Matters(int index)
    {
        TraceEvent item = _recording.Events[index];
        if (item.Note is not null || !IsOfTheSchedule(item))
        {
            return IsOfTheSchedule(item);
        }

        if (item.Op.Kind == OpKind.Fence)
        {
            return IsNamed(item.Site!) && (_orderings.Count > 0 || IsStepOfItsOwn(index));
        }

        return item.Op.Cell is not { } cell ||
            (_cells.Contains(cell) && !(cell.Sort == CellSort.Ghost && HasRemark(item)));
    }

    /// <summary>With something taken away, what serves the same ordering; otherwise every site.</summary>
    private bool IsNamed(Site site) => _orderings.Count == 0 || _orderings.Contains(site.Row);

    /// <summary>Whether an event was announced and waited for, and not done on the way.</summary>
    private bool IsStepOfItsOwn(int index)
        => index == 0 || _recording.Events[index - 1].Step != _recording.Events[index].Step;

    /// <summary>Whether somebody says in words what a ghost cell keeps.</summary>
    private bool HasRemark(TraceEvent item)
        => _recording.Events.Any(other =>
            other.Note is not null && other.Step == item.Step && other.Fiber.Index == item.Fiber.Index);

    private static HashSet<Cell> CellsThatMatter(Recording recording)
    {
        string message = recording.Violation?.Message ?? "";
        var matter = new HashSet<Cell>();
        foreach (IGrouping<Cell, TraceEvent> touched in recording.Events
            .Where(item => IsOfTheSchedule(item) && item.Op.Cell is not null)
            .GroupBy(item => item.Op.Cell!))
        {
            Cell cell = touched.Key;
            bool isShared = touched.Select(item => item.Fiber.Index).Distinct().Count() > 1;
            bool isChanged = touched.Any(item => item.Op.Kind != OpKind.Load);
            if ((isShared && isChanged) || (isChanged && cell.Sort == CellSort.Ghost) ||
                (cell.Sort == CellSort.Shared && IsNamedIn(message, cell.Field)) ||
                touched.Any(item => item.Op is { Kind: OpKind.Rmw, Guard: not GuardKind.None }))
            {
                matter.Add(cell);
            }
        }

        return matter;
    }

    private static bool IsNamedIn(string message, string field)
    {
        for (int at = message.IndexOf(field, StringComparison.Ordinal); at >= 0;
            at = message.IndexOf(field, at + 1, StringComparison.Ordinal))
        {
            int end = at + field.Length;
            if ((at == 0 || !IsPartOfName(message[at - 1])) &&
                (end == message.Length || !IsPartOfName(message[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPartOfName(char c) => char.IsLetterOrDigit(c) || c == '_';
}
