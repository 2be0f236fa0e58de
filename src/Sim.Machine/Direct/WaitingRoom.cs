using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Machine.Direct;

/// <summary>
/// Where blocked fibers of a machine in direct mode wait. A fiber stands in a line at each cell that
/// can let it go on, and costs nothing until one of these is written.
/// </summary>
internal sealed class WaitingRoom
{
    private WaitLine? _free;
    private long _tickets;

    /// <summary>How often a guard was compared with its cell: the cost of waking, in steps.</summary>
    internal long GuardsChecked { get; private set; }

    /// <summary>Whether what a fiber announced could be performed now.</summary>
    internal bool IsReady(in PendingOp op)
    {
        if (op.Guard == GuardKind.None && op.Kind != OpKind.Watch)
        {
            return true;
        }

        GuardsChecked++;
        return !SimMachine.WouldBlock(in op);
    }

    /// <summary>Blocks a fiber on what it announced.</summary>
    /// <param name="fiber">It is in no line.</param>
    /// <param name="again">Whether it was woken for this operation but found the cell changed back.</param>
    internal void Enter(Fiber fiber, bool again)
    {
        if (!again)
        {
            fiber.Ticket = ++_tickets;
        }

        ref PendingOp op = ref fiber.PendingField;
        if (op.Kind != OpKind.Watch)
        {
            Bug.On(op.Guard == GuardKind.None);
            Enter(fiber, op.Cell!, op.Guard, op.B, op.Kind == OpKind.Rmw);
            return;
        }

        foreach ((Cell cell, long seen) in ((WatchSet)op.Extra!).Entries)
        {
            Enter(fiber, cell, GuardKind.NotEqual, seen, false);
        }
    }

    /// <summary>
    /// Finds who may go on now that a cell was written: first come, first served. One who will write
    /// the cell when it runs is the last; that write asks again.
    /// </summary>
    /// <returns>The first such fiber, taken out of all lines; null when there is none.</returns>
    /// <param name="cell">The cell.</param>
    /// <param name="isLast">Whether nobody else is to be asked for now.</param>
    internal Fiber? Leave(Cell cell, out bool isLast)
    {
        WaitLine? next = null;
        for (WaitLine? line = cell.Waiting; line is not null; line = line.Next)
        {
            GuardsChecked++;
            if (line.Permits(cell.Bits) && (next is null || line.First!.Fiber.Ticket < next.First!.Fiber.Ticket))
            {
                next = line;
            }
        }

        isLast = next is null || next.IsExclusive;
        Fiber? fiber = next?.First!.Fiber;
        if (fiber is not null)
        {
            LeaveAll(fiber);
        }

        return fiber;
    }

    private void LeaveAll(Fiber fiber)
    {
        foreach (Waiter waiter in fiber.Waiters)
        {
            WaitLine line = waiter.Line!;
            line.Leave(waiter);
            if (line.First is null)
            {
                line.Close();
                line.Next = _free;
                _free = line;
            }
        }

        fiber.ForgetWaiters();
    }

    private void Enter(Fiber fiber, Cell cell, GuardKind guard, long operand, bool exclusive)
    {
        WaitLine? line = cell.Waiting;
        while (line is not null && !line.IsFor(guard, operand, exclusive))
        {
            line = line.Next;
        }

        if (line is null)
        {
            line = _free ?? new WaitLine();
            _free = line.Next;
            line.Open(cell, guard, operand, exclusive);
        }

        line.Enter(fiber.AddWaiter());
    }
}
