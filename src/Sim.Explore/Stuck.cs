using Sim.Machine;
using Sim.Machine.Processors;

namespace Sim.Explore;

/// <summary>Nobody can run and somebody has not ended: says who waits for what.</summary>
internal static class Stuck
{
    internal static void Report(SimMachine machine)
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
            or OpKind.Flush or _ => op.Kind.ToString(),
    };
}
