using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Yardsticks;

/// <summary>Straight-line threads of loads and stores: the classic litmus shapes and their families.</summary>
internal static class Shapes
{
    /// <summary>The programs.</summary>
    internal static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        Yardstick.Of("sb", "store buffering: two threads write one variable and read the other", StoreBuffering),
        Yardstick.Of("mp", "message passing: data then flag, flag then data", MessagePassing),
        Yardstick.Of("2+2w", "two threads write two variables in opposite order", TwoPlusTwoWrites),
        Yardstick.Of("iriw", "two writers, two readers that look in opposite order", IndependentReads),
        Yardstick.Of("w+rrr+w", "three reads of one variable between two writers", ThreeReads),
        Yardstick.Of("fr+w+w+w+reads", "four reads of one variable among three writers", FourReads),
        Yardstick.Of("co-2+2w", "n threads write one variable twice", 3, 8, TwiceWritten),
        Yardstick.Of("co-mp", "n threads write a variable twice, one reads it twice", 2, 6, TwiceRead),
        Yardstick.Of("readers", "one writer, n readers of the same variable", 8, 30, Readers),
        Yardstick.Of("n-writers", "one reader, n + 1 writers of the same variable", 4, 12, Writers),
        Yardstick.Of("floating_read", "one reader, n writers of the same variable", 6, 12, FloatingRead),
    ];

    private static void StoreBuffering(Variables program)
    {
        (Shared<int> x, Shared<int> y) = (program.Word("x"), program.Word("y"));
        program.Machine.Spawn("left", cpu => WriteThenRead(cpu, x, y));
        program.Machine.Spawn("right", cpu => WriteThenRead(cpu, y, x));
    }

    private static void MessagePassing(Variables program)
    {
        (Shared<int> x, Shared<int> y) = (program.Word("x"), program.Word("y"));
        program.Machine.Spawn("sender", cpu => WriteBoth(cpu, x, y, 1));
        program.Machine.Spawn("receiver", cpu => Moves.ReadBoth(cpu, y, x));
    }

    private static void TwoPlusTwoWrites(Variables program)
    {
        (Shared<int> x, Shared<int> y) = (program.Word("x"), program.Word("y"));
        program.Machine.Spawn("left", cpu => WriteBoth(cpu, x, y, 2));
        program.Machine.Spawn("right", cpu => WriteBoth(cpu, y, x, 2));
    }

    private static void IndependentReads(Variables program)
    {
        (Shared<int> x, Shared<int> y) = (program.Word("x"), program.Word("y"));
        SimMachine machine = program.Machine;
        machine.Spawn("writer x", cpu => Moves.Write(cpu, x, 1, 1));
        machine.Spawn("writer y", cpu => Moves.Write(cpu, y, 1, 1));
        machine.Spawn("reader xy", cpu => Moves.ReadBoth(cpu, x, y));
        machine.Spawn("reader yx", cpu => Moves.ReadBoth(cpu, y, x));
    }

    private static void ThreeReads(Variables program) => ReadsAmongWrites(program, 3, 2);

    private static void FourReads(Variables program) => ReadsAmongWrites(program, 4, 3);

    private static void Writers(Variables program, int n) => ReadsAmongWrites(program, 1, n + 1);

    private static void FloatingRead(Variables program, int n) => ReadsAmongWrites(program, 1, n);

    private static void ReadsAmongWrites(Variables program, int reads, int writers)
    {
        Shared<int> x = program.Word("x");
        program.Machine.Spawn("reader", cpu => Moves.Read(cpu, x, reads));
        program.Machine.SpawnEach(writers, "writer", (cpu, i) => Moves.Write(cpu, x, i + 1, 1));
    }

    private static void TwiceWritten(Variables program, int n)
    {
        Shared<int> x = program.Word("x");
        program.Machine.SpawnEach(n, "writer", (cpu, i) => Moves.Write(cpu, x, i + 1, 2));
    }

    private static void TwiceRead(Variables program, int n)
    {
        Shared<int> x = program.Word("x");
        program.Machine.Spawn("reader", cpu => Moves.Read(cpu, x, 2));
        program.Machine.SpawnEach(n, "writer", (cpu, i) => Moves.Write(cpu, x, i + 1, 2));
    }

    private static void Readers(Variables program, int n)
    {
        Shared<int> x = program.Word("x");
        program.Machine.Spawn("writer", cpu => Moves.Write(cpu, x, 42, 1));
        program.Machine.SpawnEach(n, "reader", (cpu, _) => Moves.Read(cpu, x, 1));
    }

    private static async Op WriteThenRead(Cpu cpu, Shared<int> written, Shared<int> read)
    {
        await cpu.Store(written, 1);
        await cpu.Load(read);
    }

    private static async Op WriteBoth(Cpu cpu, Shared<int> first, Shared<int> second, int last)
    {
        await cpu.Store(first, 1);
        await cpu.Store(second, last);
    }
}
