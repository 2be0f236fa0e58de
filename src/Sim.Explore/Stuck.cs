using Sim.Machine;
using Sim.Machine.Processors;

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

    private static void Report(SimMachine machine)
    {
        var waits = new List<string>();
        foreach (Fiber fiber in machine.AllFibers)
        {
            if (!fiber.IsFinished)
            {
                waits.Add($"{fiber} waits for {Describe(fiber.Pending)}");
            }
        }

        machine.Violate("STUCK", "nobody can run: " + string.Join("; ", waits));
    }

    /// <summary>What a blocked operation waits for, in words.</summary>
    internal static string Describe(PendingOp op) => op.Kind switch
    {
        OpKind.Watch => "a change of " + string.Join(" or ", ((WatchSet)op.Extra!).Names),
        OpKind.Load or OpKind.Rmw => $"{op.Cell} (holds {op.Cell!.Show(op.Cell.Bits)})",
        OpKind.None or OpKind.Store or OpKind.Fence or OpKind.Free or OpKind.Choose or OpKind.Yield
            or OpKind.Flush or OpKind.End or _ => op.Kind.ToString(),
    };
}
