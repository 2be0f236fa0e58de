using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Scenarios.Yardsticks;

/// <summary>Longer straight-line threads, written as text: <c>x</c> reads, <c>x1</c> writes 1.</summary>
internal static class Sequences
{
    /// <summary>The programs.</summary>
    internal static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        Yardstick.Of("big0", "seven and three reads of four variables among two writers", Big0),
        Yardstick.Of("big2", "five and four reads of three variables among two writers; five million", Big2),
    ];

    private static void Big0(Variables program)
        => Spawn(program, "xyzwxyz", "xyz", "x1y1x2y2x3y3", "z1w1z2w2z3w3");

    private static void Big2(Variables program)
        => Spawn(program, "xyzxy", "xyzx", "x1y1z1x2y2z2", "x3y3z3x4y4z4");

    private static void Spawn(Variables program, params string[] threads)
    {
        Row cells = program.Words("v", 4);
        program.Machine.SpawnEach(threads.Length, "thread", (cpu, i) => Run(cpu, cells, threads[i]));
    }

    private static async Op Run(Cpu cpu, Row cells, string steps)
    {
        for (int i = 0; i < steps.Length; i++)
        {
            int variable = steps[i] == 'w' ? 3 : steps[i] - 'x';
            if (i + 1 < steps.Length && char.IsAsciiDigit(steps[i + 1]))
            {
                await cpu.Store(cells[variable], steps[++i] - '0');
            }
            else
            {
                await cpu.Load(cells[variable]);
            }
        }
    }
}
