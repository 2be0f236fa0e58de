using Sim.Machine.Memory;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Machine.Tracing;

namespace Sim.Cli.Pictures;

/// <summary>Puts operations into few words: cells by their short names, locks as what they are used for.</summary>
/// <param name="names">The names of the cells.</param>
/// <param name="isShown">Whether the site of an operation is worth naming.</param>
internal sealed class Wording(CellNames names, Func<Site, bool> isShown)
{
    /// <summary>Whether a cell is the word of a lock.</summary>
    internal static bool IsLock(Cell cell) => NamesLock(cell.Owner.Kind) || NamesLock(cell.Field);

    /// <summary>Whether a name is that of a lock.</summary>
    internal static bool NamesLock(string name) => name.EndsWith("lock", StringComparison.Ordinal);

    /// <summary>The operation in words.</summary>
    internal string Of(TraceEvent item)
    {
        if (item.Note is not null)
        {
            return item.Note;
        }

        bool isRemoved = item.Fiber.Cpu.Machine.IsWithout(item.Site);
        if (item.Op.Kind == OpKind.Fence)
        {
            return isRemoved ? $"-- fence {item.Site} removed --" : $"fence [{item.Site}]";
        }

        string site = item.Site is null || !(isRemoved || isShown(item.Site)) ? ""
            : isRemoved ? $" [{item.Site} removed]"
            : $" [{item.Site}]";
        return (item.Op.Cell is { } cell && IsLock(cell) ? OnLock(item, cell) : null) is { } onLock
            ? onLock + site
            : Plain(item) + site;
    }

    private string Plain(TraceEvent item)
    {
        string text = item.Text;
        if (item.Site is not null)
        {
            text = text.Replace($"  [{item.Site}]", "", StringComparison.Ordinal);
        }

        return item.Op.Cell is { } cell
            ? text.Replace(cell.ToString(), names.Of(cell), StringComparison.Ordinal)
            : text;
    }

    /// <summary>What an operation does to a lock, or null when it only looks.</summary>
    private string? OnLock(TraceEvent item, Cell cell)
    {
        string name = names.Of(cell);
        PendingOp op = item.Op;
        bool isReader = string.Equals(cell.Owner.Kind, "rwlock", StringComparison.Ordinal) &&
            Math.Abs(item.New - item.Old) == 1;
        string how = isReader ? " for reading" : "";
        return op.Kind switch
        {
            OpKind.Rmw when op.Guard != GuardKind.None => $"acquire {name}{how}",
            OpKind.Rmw when op.Rmw == RmwKind.Add => $"release {name}",
            OpKind.Store => $"release {name}{(item.Buffered ? " (buffered)" : "")}",
            OpKind.Flush => $"flush release of {name}",
            OpKind.Rmw or OpKind.Load or OpKind.None or OpKind.Fence or OpKind.Watch or OpKind.Free
                or OpKind.Choose or OpKind.Yield or OpKind.End => null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
