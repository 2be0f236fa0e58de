using Sim.Machine.Memory;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Machine.Tracing;

/// <summary>One performed operation, as a value: who did what to which cell, and what it held.</summary>
/// <param name="Step">The step of the schedule it belongs to.</param>
/// <param name="Fiber">Who performed it; for a flush, whose store it is.</param>
/// <param name="Op">The operation as it was announced.</param>
/// <param name="Old">What the cell held before, or what was read.</param>
/// <param name="New">What the cell holds after.</param>
/// <param name="Buffered">A store that went to the processor's buffer, or a load that came from it.</param>
/// <param name="Note">A remark by simulated code instead of an operation.</param>
public readonly record struct TraceEvent(
    int Step, Fiber Fiber, PendingOp Op, long Old, long New, bool Buffered = false, string? Note = null)
{
    /// <summary>The site of the operation, if it has a name.</summary>
    public Site? Site => Op.Extra as Site;

    /// <summary>The operation in words, e.g. <c>load task[3].exit_state = EXIT_DEAD</c>.</summary>
    public string Text
    {
        get
        {
            if (Note is not null)
            {
                return Note;
            }

            Cell? cell = Op.Cell;
            string site = Site is null ? "" : $"  [{Site.Name}]";
            return Op.Kind switch
            {
                OpKind.Load => $"load {cell} = {cell!.Show(Old)}{(Buffered ? " (own store buffer)" : Op.Extra is string remark ? $" ({remark})" : "")}{site}",
                OpKind.Store => $"store {cell} = {cell!.Show(New)}{(Buffered ? " (buffered)" : "")}{site}",
                OpKind.Flush => $"flush {cell} = {cell!.Show(New)}",
                OpKind.Rmw => RmwText(cell!) + site,
                OpKind.Fence => $"fence{site}",
                OpKind.Watch => ((WatchSet)Op.Extra!).IsReady ? "look at all readers" : "poll again",
                OpKind.Free => $"free {Op.Extra}",
                OpKind.Choose => $"choose {Old} of {Op.Alternatives}",
                OpKind.Yield => "yield",
                OpKind.None or OpKind.End => "",
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
    }

    private string RmwText(Cell cell) => Op.Rmw switch
    {
        RmwKind.CompareExchange when Old != Op.A => $"cmpxchg {cell} found {cell.Show(Old)}, failed",
        RmwKind.CompareExchange => $"cmpxchg {cell}: {cell.Show(Old)} -> {cell.Show(New)}",
        RmwKind.Exchange => $"xchg {cell}: {cell.Show(Old)} -> {cell.Show(New)}",
        RmwKind.Add => $"add {cell}: {cell.Show(Old)} -> {cell.Show(New)}",
        RmwKind.Or => $"set bits {cell}: {cell.Show(Old)} -> {cell.Show(New)}",
        RmwKind.And => $"and {cell}: {cell.Show(Old)} -> {cell.Show(New)}",
        RmwKind.Xor => $"xor {cell}: {cell.Show(Old)} -> {cell.Show(New)}",
        RmwKind.AddUnless when Old == New => $"{cell} is {cell.Show(Old)}: left alone",
        RmwKind.AddUnless => $"add {cell}: {cell.Show(Old)} -> {cell.Show(New)}",
        RmwKind.AndNot => $"clear bits {cell}: {cell.Show(Old)} -> {cell.Show(New)}",
        RmwKind.ExchangeIfAny when (Old & Op.A) == 0 => $"{cell} is {cell.Show(Old)}: left alone",
        RmwKind.ExchangeIfAny => $"xchg {cell}: {cell.Show(Old)} -> {cell.Show(New)}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
