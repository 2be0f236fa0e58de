using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Yardsticks;

/// <summary>
/// Compare-and-exchange, whose failures are reads: which steps commute depends on what they find.
/// </summary>
internal static class CompareAndSwap
{
    private const int TableSize = 128;

    /// <summary>The programs.</summary>
    internal static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        Yardstick.Of("cas", "n threads try to be first; the first wins", 4, 30, FirstWins),
        Yardstick.Of("casrot", "thread i turns i - 1 into i", 5, 10, Rotation),
        Yardstick.Of("casw", "n threads try to be first, then write", 3, 6, ExchangeThenWrite),
        Yardstick.Of("wcas", "n threads turn 2 into 3, which one thread wrote", 4, 12, WriteForExchange),
        Yardstick.Of("indexer", "n threads fill a hash table; the first collisions come with 12", 12, 15, Indexer),
    ];

    private static void FirstWins(Variables program, int n)
    {
        Shared<int> x = program.Word("x");
        program.Machine.SpawnEach(n, "thread", (cpu, i) => Exchange(cpu, x, 0, i + 1));
    }

    private static void Rotation(Variables program, int n)
    {
        Shared<int> x = program.Word("x");
        program.Machine.SpawnEach(n, "thread", (cpu, i) => Exchange(cpu, x, i, i + 1));
    }

    private static void WriteForExchange(Variables program, int n)
    {
        Shared<int> x = program.Word("x");
        program.Machine.Spawn("writer", cpu => Moves.Write(cpu, x, 2, 1));
        program.Machine.SpawnEach(n, "thread", (cpu, _) => Exchange(cpu, x, 2, 3));
    }

    private static async Op Exchange(Cpu cpu, Shared<int> x, int expected, int value)
        => await cpu.CompareExchange(x, expected, value);

    private static void ExchangeThenWrite(Variables program, int n)
    {
        Shared<int> x = program.Word("x");
        program.Machine.SpawnEach(n, "thread", (cpu, i) => ExchangeThenWrite(cpu, x, i + 3));
    }

    private static async Op ExchangeThenWrite(Cpu cpu, Shared<int> x, int value)
    {
        await cpu.CompareExchange(x, 0, 1);
        await cpu.Store(x, value);
    }

    private static void Indexer(Variables program, int n)
    {
        Row table = program.Words("table", TableSize);
        program.Machine.SpawnEach(n, "thread", (cpu, i) => Enter(cpu, table, i));
    }

    private static async Op Enter(Cpu cpu, Row table, int first)
    {
        for (int i = 0; i < 4; i++)
        {
            int w = (11 * i) + first;
            int slot = 7 * w % TableSize;
            while (await cpu.CompareExchange(table[slot], 0, w) != 0)
            {
                slot = (slot + 1) % TableSize;
            }
        }
    }
}
