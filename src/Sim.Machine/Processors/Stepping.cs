using Sim.Machine.Memory;
using Sim.Machine.Memory.Views;
using Sim.Machine.Races;
using Sim.Machine.State;

namespace Sim.Machine.Processors;

/// <summary>What a step waits for, touches and is ordered after: the meaning of an announced operation.</summary>
internal static class Stepping
{
    /// <summary>
    /// A fence or a locked instruction waits until the processor's own stores are visible; so does going to
    /// sleep, which switches tasks.
    /// </summary>
    internal static bool DrainsFirst(in PendingOp op)
        => op.Kind == OpKind.Fence || (op.Kind == OpKind.Rmw && op.Cell!.Sort == CellSort.Shared) || op.Kind == OpKind.Free ||
            (op.Kind == OpKind.Load && op.Guard != GuardKind.None) ||
            (op.Kind == OpKind.Watch && !((WatchSet)op.Extra!).IsReady);

    /// <summary>The flush that a fiber's next operation has to wait for, or -1.</summary>
    internal static int DrainOf(SimMachine machine, Fiber fiber)
    {
        ref readonly PendingOp op = ref fiber.PendingField;
        if (!machine.BuffersStores)
        {
            return -1;
        }

        if (DrainsFirst(in op))
        {
            return machine.History.Newest(fiber.Index + machine.FlusherBase);
        }

        return machine.LoadsMayWait && op.Kind == OpKind.Load
            ? machine.BufferOf(fiber.Index).HeldUpBy(op.Cell!, op.Lane)
            : -1;
    }

    /// <summary>Whether the fiber that runs knows that all its stores have reached memory.</summary>
    internal static bool IsDrained(SimMachine machine, Fiber fiber)
    {
        int flush = machine.History.Newest(fiber.Index + machine.FlusherBase);
        return machine.BufferOf(fiber.Index).IsEmpty && (flush < 0 ||
            machine.History.IsBefore(flush, machine.History.Clock(machine.CurrentEvent)));
    }

    /// <summary>What a process would do and touch if it were scheduled now.</summary>
    internal static Footprint FootprintOf(SimMachine machine, int process)
    {
        if (process >= machine.FlusherBase)
        {
            return new Footprint(process, machine.BufferOf(process - machine.FlusherBase).Oldest.Cell, true, null);
        }

        ref PendingOp op = ref machine.FiberAt(process).PendingField;
        if (machine.Views is not null && machine.Views.WaysOf(process, in op) > 1)
        {
            return new Footprint(process, op.Cell, op.Kind != OpKind.Load, ViewChoice.Marker);
        }

        switch (op.Kind)
        {
            case OpKind.Load:
                bool mayForward = machine.BuffersStores && op.Cell!.Sort == CellSort.Shared && op.Guard == GuardKind.None;
                int waiting = mayForward ? machine.BufferOf(process).CountOf(op.Cell!) : 0;
                return new Footprint(process, op.Cell, false, null) { Waiting = waiting };
            case OpKind.Store or OpKind.Rmw:
                return new Footprint(process, op.Cell, op.Writes(op.Cell!.Bits), null);
            case OpKind.Watch or OpKind.Free:
                return new Footprint(process, null, op.Kind == OpKind.Free, op.Extra);
            case OpKind.None or OpKind.Fence or OpKind.Choose or OpKind.Yield or OpKind.Flush or OpKind.End:
            default:
                return new Footprint(process, null, false, null);
        }
    }

    /// <summary>Enters a fiber's announced operation into the history, ordered and with its races.</summary>
    /// <returns>The event.</returns>
    internal static int OpenEvent(SimMachine machine, Fiber fiber, int alternative)
    {
        History history = machine.History;
        ref PendingOp op = ref fiber.PendingField;
        int process = fiber.Index;
        int index = history.Open(
            process, alternative, in op, fiber.ParentEvent, DrainOf(machine, fiber), fiber.Parent);
        if (machine.Views is not null && machine.Views.WaysOf(process, in op) > 1)
        {
            history.TouchWith(index, op.Cell!, op.Kind != OpKind.Load, machine.Views.Choices);
            return index;
        }

        switch (op.Kind)
        {
            case OpKind.Load:
                TouchForLoad(machine, index, process, op.Cell!);
                break;
            case OpKind.Store or OpKind.Rmw:
                history.Touch(index, op.Cell!, op.Writes(op.Cell!.Bits));
                break;
            case OpKind.Free:
                var freed = (MachineObject)op.Extra!;
                Cell[] ended = freed.CellsWithParts;
                if (!freed.IsFreed)
                {
                    CheckUnused(machine, fiber, index, freed, ended);
                }

                history.TouchAll(index, ended, true);
                break;
            case OpKind.Watch:
                history.TouchWatched(index, (WatchSet)op.Extra!);
                break;
            case OpKind.None or OpKind.Fence or OpKind.Choose or OpKind.Yield or OpKind.Flush or OpKind.End:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        return index;
    }

    /// <summary>
    /// Reports an access of a guarded word that is not ordered before the end of the word's life: it is
    /// no scheduling point, so no schedule may show that it could come later.
    /// </summary>
    private static void CheckUnused(SimMachine machine, Fiber fiber, int index, MachineObject freed, ReadOnlySpan<Cell> cells)
    {
        foreach (Cell cell in cells)
        {
            int other = cell.Sort == CellSort.Guarded
                ? machine.History.FindUnordered(fiber.Index, machine.History.Clock(index), cell, true)
                : -1;
            if (other >= 0)
            {
                Fiber user = machine.FiberAt(other % machine.FlusherBase);
                machine.Violate("KASAN", $"use after free: {fiber} frees {freed}, unordered with an access of {cell} by {user}");
            }
        }
    }

    private static void TouchForLoad(SimMachine machine, int index, int process, Cell cell)
    {
        History history = machine.History;
        if (!machine.BuffersStores || cell.Sort != CellSort.Shared)
        {
            history.Touch(index, cell, false);
            return;
        }

        StoreBuffer buffer = machine.BufferOf(process);
        int waiting = buffer.Find(cell);
        if (waiting < 0)
        {
            history.Touch(index, cell, false, process + machine.FlusherBase);
            return;
        }

        history.Forward(index, buffer.ForwardedAt(waiting), buffer.CountOf(cell));
        buffer.SetForwarded(waiting, index);
    }
}
