using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Machine.Direct;

/// <summary>One fiber's place in the line of one cell. It belongs to the fiber and is used again.</summary>
internal sealed class Waiter(Fiber fiber)
{
    internal Fiber Fiber { get; } = fiber;

    /// <summary>Where it waits; null while it does not.</summary>
    internal WaitLine? Line { get; set; }

    internal Waiter? Ahead { get; set; }

    internal Waiter? Behind { get; set; }
}

/// <summary>
/// The fibers that wait for one cell to hold what one guard permits, in the order in which they came.
/// However many wait, one look at the guard answers for all of them.
/// </summary>
internal sealed class WaitLine
{
    internal Cell? Cell { get; set; }

    internal GuardKind Guard { get; private set; }

    internal long Operand { get; private set; }

    /// <summary>Whether who is let through changes the cell, so that the next one has to be asked anew.</summary>
    internal bool IsExclusive { get; private set; }

    internal Waiter? First { get; private set; }

    /// <summary>The next line of the same cell, or the next free line.</summary>
    internal WaitLine? Next { get; set; }

    private Waiter? Last { get; set; }

    /// <summary>Whether fibers with that guard stand in this line.</summary>
    internal bool IsFor(GuardKind guard, long operand, bool exclusive)
        => Guard == guard && Operand == operand && IsExclusive == exclusive;

    /// <summary>Makes a free line the newest of a cell.</summary>
    internal void Open(Cell cell, GuardKind guard, long operand, bool exclusive)
    {
        (Cell, Guard, Operand, IsExclusive) = (cell, guard, operand, exclusive);
        Next = cell.Waiting;
        cell.Waiting = this;
    }

    /// <summary>Takes an empty line from its cell.</summary>
    internal void Close()
    {
        if (ReferenceEquals(Cell!.Waiting, this))
        {
            Cell.Waiting = Next;
        }
        else
        {
            WaitLine before = Cell.Waiting!;
            while (!ReferenceEquals(before.Next, this))
            {
                before = before.Next!;
            }

            before.Next = Next;
        }

        Cell = null;
    }

    /// <summary>Whether the cell, as it is now, lets the line through.</summary>
    internal bool Permits(long bits)
        => new PendingOp { Guard = Guard, B = Operand }.Permits(bits);

    /// <summary>Enters a waiter: at the end, or where it was if it was let through too early.</summary>
    internal void Enter(Waiter waiter)
    {
        Waiter? behind = null;
        if (Last is not null && Last.Fiber.Ticket > waiter.Fiber.Ticket)
        {
            behind = First;
            while (behind!.Fiber.Ticket < waiter.Fiber.Ticket)
            {
                behind = behind.Behind;
            }
        }

        Waiter? ahead = behind is null ? Last : behind.Ahead;
        (waiter.Line, waiter.Ahead, waiter.Behind) = (this, ahead, behind);
        Link(ahead, waiter);
        Link(waiter, behind);
    }

    /// <summary>Takes a waiter out.</summary>
    internal void Leave(Waiter waiter)
    {
        (Waiter? ahead, Waiter? behind) = (waiter.Ahead, waiter.Behind);
        (waiter.Line, waiter.Ahead, waiter.Behind) = (null, null, null);
        if (ahead is null && behind is null)
        {
            (First, Last) = (null, null);
            return;
        }

        Link(ahead, behind);
    }

    private void Link(Waiter? ahead, Waiter? behind)
    {
        if (ahead is null)
        {
            First = behind;
        }
        else
        {
            ahead.Behind = behind;
        }

        if (behind is null)
        {
            Last = ahead;
        }
        else
        {
            behind.Ahead = ahead;
        }
    }
}
