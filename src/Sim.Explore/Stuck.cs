using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.Races;
using Sim.Machine.State;

namespace Sim.Explore;

/// <summary>
/// What is judged at the end of an execution: whether everybody has ended, who waits for what if not,
/// and the world's own checks.
/// </summary>
internal static class Stuck
{
    /// <summary>Judges an execution in which nobody can run any more and nothing broke so far.</summary>
    internal static void CheckEnd(SimMachine machine, Action? atEnd)
    {
        if (machine.IsFinished())
        {
            atEnd?.Invoke();
        }
        else
        {
            Report(machine);
        }
    }

    /// <summary>Reports an execution that reached the limit of its steps.</summary>
    internal static void ReportLong(SimMachine machine)
        => machine.Violate("LONG", $"an execution of {machine.StepCount} steps has not ended");

    /// <summary>What a blocked operation waits for, in words.</summary>
    internal static string Describe(PendingOp op) => op.Kind switch
    {
        OpKind.Watch => "a change of " + string.Join(" or ", ((WatchSet)op.Extra!).Names),
        OpKind.Load or OpKind.Rmw => $"{op.Cell} (holds {op.Cell!.Show(op.Cell.Bits)})",
        OpKind.None or OpKind.Store or OpKind.Fence or OpKind.Free or OpKind.Choose or OpKind.Yield
            or OpKind.Flush or OpKind.End or _ => op.Kind.ToString(),
    };

    private static void Report(SimMachine machine)
    {
        var waits = new List<string>();
        bool isCircle = false;
        string? lost = null;
        foreach (Fiber fiber in machine.AllFibers)
        {
            if (fiber.IsFinished)
            {
                continue;
            }

            Fiber? holder = HolderOf(machine, fiber);
            isCircle |= IsInCircle(machine, fiber);
            lost ??= LostWakeUp(machine, fiber);
            waits.Add($"{fiber} waits for {Describe(fiber.Pending)}" + (holder is null ? "" : $", held by {holder}") +
                string.Concat(LeadsToAttribute.PlacesAhead(LeadsToAttribute.RoutinesOf(fiber)).Order(StringComparer.Ordinal).Select(place => $", and never reaches {place}")));
        }

        string what = isCircle ? "deadlock" : lost is not null ? $"lost wake-up: {lost}; nobody can run" : "nobody can run";
        machine.Violate("STUCK", $"{what}: {string.Join("; ", waits)}");
    }

    /// <summary>Who holds the lock that a fiber waits for, or null.</summary>
    private static Fiber? HolderOf(SimMachine machine, Fiber waiting)
    {
        Cell? cell = waiting.Pending.Cell;
        return cell is null
            ? null
            : machine.AllFibers.FirstOrDefault(fiber => fiber.Held.Any(held => held.Contains(cell.Owner)));
    }

    private static bool IsInCircle(SimMachine machine, Fiber start)
    {
        Fiber? at = HolderOf(machine, start);
        for (int i = 0; i < machine.AllFibers.Count && at is { IsFinished: false } && at != start; i++)
        {
            at = HolderOf(machine, at);
        }

        return at == start;
    }

    /// <summary>
    /// Whether somebody made the word what a fiber waits for, and the fiber itself overwrote that before it
    /// went to sleep.
    /// </summary>
    private static string? LostWakeUp(SimMachine machine, Fiber fiber)
    {
        PendingOp op = fiber.Pending;
        if (op.Cell is not { } cell || op.Guard == GuardKind.None)
        {
            return null;
        }

        (long after, int newer) = (cell.Bits, -1);
        for (int record = cell.LastAccess - 1; record >= 0; record = machine.History.Accesses[record].Previous - 1)
        {
            ref readonly AccessRecord access = ref machine.History.Accesses[record];
            if (!access.Write)
            {
                continue;
            }

            int writer = access.Process % machine.FlusherBase;
            if (newer == fiber.Index && writer != fiber.Index && op.Permits(after))
            {
                return $"{machine.FiberAt(writer)} made {cell} {cell.Show(after)}, and {fiber} overwrote that";
            }

            (after, newer) = (access.Old, writer);
        }

        return null;
    }
}
