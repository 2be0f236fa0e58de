using System.Diagnostics;
using System.Globalization;
using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Scenarios.Yardsticks;

namespace Sim.Bench;

/// <summary>
/// Executions per second of the reduction on the attach program. A run takes seconds and its count is
/// exact, so this is a plain loop: warm-up, then the best of some runs.
/// </summary>
internal static class Yardstick
{
    internal static void Run(string[] args)
    {
        int attachers = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 6;
        int runs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
        foreach (MemoryModel memory in (MemoryModel[])[MemoryModel.Sc, MemoryModel.Tso])
        {
            Explore(3, memory);
            double best = double.MaxValue;
            ExploreResult result = Explore(Math.Min(attachers, 5), memory);
            for (int i = 0; i < runs; i++)
            {
                long start = Stopwatch.GetTimestamp();
                result = Explore(attachers, memory);
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"attach {attachers} {memory}: {result.Executions} executions, {result.Blocked} blocked, " +
                $"{result.Transitions} steps, {best:F3} s, {result.Executions / best:F0} executions/s, " +
                $"{result.Transitions / best:F0} steps/s"));
        }
    }

    private static ExploreResult Explore(int attachers, MemoryModel memory)
        => Explorer.Run(
            machine => AttachProgram.Build(machine, attachers),
            new ExploreOptions { Memory = memory, StopAtViolation = false });
}
