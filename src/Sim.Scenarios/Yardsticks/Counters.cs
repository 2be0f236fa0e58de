using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Yardsticks;

/// <summary>Threads that read a variable and write it, in one step or in two.</summary>
internal static class Counters
{
    /// <summary>The programs.</summary>
    internal static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        Yardstick.Of("ainc", "n threads add to one variable", 4, 10, (program, n) => Adders(program, n, 1)),
        Yardstick.Of("binc", "n threads add to two variables", 3, 6, (program, n) => Adders(program, n, 2)),
        Yardstick.Of("cinc", "n threads add to three variables", 2, 5, (program, n) => Adders(program, n, 3)),
        Yardstick.Of("relseq", "two threads add twice, two add once", MixedAdders),
        Yardstick.Of("rw", "n threads read a variable, then write it", 3, 6, ReadWrite),
        Yardstick.Of("inc", "n threads add a bit of their own in two steps", 3, 6, SplitAdders),
        Yardstick.Of("myexample", "n threads write a variable, then read it", 3, 6, WriteRead),
        Yardstick.Of("race_par", "two threads write and read a variable n times", 4, 10, Rounds),
        Yardstick.Of("account", "one withdrawal, n deposits, none atomic", 3, 6, Account),
        Yardstick.Checked(
            "fib_bench", "two threads add each other's number n times; how large it gets",
            Yardstick.Size(3, 6), Fibonacci),
    ];

    private static void Adders(Variables program, int n, int width)
    {
        Row cells = program.Words("x", width);
        program.Machine.SpawnEach(n, "adder", (cpu, _) => AddToAll(cpu, cells));
    }

    private static async Op AddToAll(Cpu cpu, Row cells)
    {
        for (int i = 0; i < cells.Count; i++)
        {
            await cpu.Rmw(cells[i], RmwKind.Add, 1);
        }
    }

    private static void MixedAdders(Variables program)
    {
        Shared<int> x = program.Word("x");
        program.Machine.SpawnEach(4, "adder", (cpu, i) => AddRepeatedly(cpu, x, i < 2 ? 2 : 1));
    }

    private static async Op AddRepeatedly(Cpu cpu, Shared<int> x, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await cpu.Rmw(x, RmwKind.Add, 1);
        }
    }

    private static void ReadWrite(Variables program, int n)
    {
        Shared<int> x = program.Word("x");
        program.Machine.SpawnEach(n, "thread", (cpu, i) => ReadThenWrite(cpu, x, i + 1));
    }

    private static async Op ReadThenWrite(Cpu cpu, Shared<int> x, int value)
    {
        await cpu.Load(x);
        await cpu.Store(x, value);
    }

    private static void SplitAdders(Variables program, int n)
    {
        Shared<int> x = program.Word("x");
        program.Machine.SpawnEach(n, "adder", (cpu, i) => AddInTwoSteps(cpu, x, 1 << i));
    }

    private static void Account(Variables program, int n)
    {
        Shared<int> x = program.Word("x", 1000);
        program.Machine.Spawn("withdrawal", cpu => AddInTwoSteps(cpu, x, -10));
        program.Machine.SpawnEach(n, "deposit", (cpu, _) => AddInTwoSteps(cpu, x, 100));
    }

    private static async Op AddInTwoSteps(Cpu cpu, Shared<int> x, int amount)
        => await cpu.Store(x, await cpu.Load(x) + amount);

    private static void WriteRead(Variables program, int n)
    {
        Shared<int> x = program.Word("x");
        program.Machine.SpawnEach(n, "thread", (cpu, i) => WriteThenRead(cpu, x, i + 1, 1));
    }

    private static void Rounds(Variables program, int n)
    {
        Shared<int> v = program.Word("v");
        program.Machine.SpawnEach(2, "thread", (cpu, i) => WriteThenRead(cpu, v, i + 1, n));
    }

    private static async Op WriteThenRead(Cpu cpu, Shared<int> x, int value, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await cpu.Store(x, value);
            await cpu.Load(x);
        }
    }

    private static Action? Fibonacci(Variables program, int n)
    {
        (Shared<int> x, Shared<int> y) = (program.Word("x", 1), program.Word("y", 1));
        program.Machine.Spawn("x += y", cpu => AddOther(cpu, x, y, x, n));
        program.Machine.Spawn("y += x", cpu => AddOther(cpu, x, y, y, n));
        program.Machine.Spawn("judge", cpu => Judge(cpu, x, y));
        return null;
    }

    private static async Op AddOther(Cpu cpu, Shared<int> x, Shared<int> y, Shared<int> sum, int times)
    {
        for (int i = 0; i < times; i++)
        {
            int p = await cpu.Load(x);
            int q = await cpu.Load(y);
            await cpu.Store(sum, p + q);
        }
    }

    /// <summary>The twelfth Fibonacci number is the largest that five rounds can give.</summary>
    private static async Op Judge(Cpu cpu, Shared<int> x, Shared<int> y)
    {
        if (await cpu.Load(x) > 144 || await cpu.Load(y) > 144)
        {
            cpu.Machine.Violate("FIB", "a number exceeds 144");
        }
    }
}
