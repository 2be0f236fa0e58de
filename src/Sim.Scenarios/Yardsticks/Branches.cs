using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Yardsticks;

/// <summary>Threads that go on differently according to what they read.</summary>
internal static class Branches
{
    /// <summary>The programs.</summary>
    internal static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        Yardstick.Of("lastzero", "n cells each one more than the cell before; a search from the end", 5, 20, LastZero),
        Yardstick.Of("control_flow", "a chain of conditional writes, n readers, n writers", 4, 8, ControlFlow),
        Yardstick.Of("sleepers", "the smallest program on which sleep sets alone are not enough", Sleepers),
        Yardstick.Of("combination_lock", "four threads that unlock each other's next step", CombinationLock),
    ];

    private static void LastZero(Variables program, int n)
    {
        Row a = program.Words("a", n + 1);
        program.Machine.Spawn("search", cpu => Search(cpu, a));
        program.Machine.SpawnEach(n, "writer", (cpu, i) => Succeed(cpu, a[i], a[i + 1]));
    }

    private static async Op Search(Cpu cpu, Row a)
    {
        int i = a.Count - 1;
        while (await cpu.Load(a[i]) != 0)
        {
            i--;
        }
    }

    private static async Op Succeed(Cpu cpu, Shared<int> before, Shared<int> cell)
        => await cpu.Store(cell, await cpu.Load(before) + 1);

    private static void ControlFlow(Variables program, int n)
    {
        (Shared<int> x, Shared<int> y, Shared<int> z) = (program.Word("x"), program.Word("y"), program.Word("z"));
        SimMachine machine = program.Machine;
        machine.SpawnEach(n, "reader", (cpu, _) => Moves.Read(cpu, x, 1));
        machine.SpawnEach(n, "writer", (cpu, _) => Moves.Write(cpu, y, 1, 1));
        machine.Spawn("first link", cpu => FirstLink(cpu, y, z));
        machine.Spawn("second link", cpu => SecondLink(cpu, y, z, x, 1));
    }

    private static void Sleepers(Variables program)
    {
        (Shared<int> x, Shared<int> y, Shared<int> z) = (program.Word("x"), program.Word("y"), program.Word("z"));
        SimMachine machine = program.Machine;
        machine.Spawn("writer x", cpu => Moves.Write(cpu, x, 1, 1));
        machine.Spawn("writer y", cpu => Moves.Write(cpu, y, 1, 1));
        machine.Spawn("first link", cpu => FirstLink(cpu, y, z));
        machine.Spawn("second link", cpu => SecondLink(cpu, y, z, x, 2));
    }

    private static async Op FirstLink(Cpu cpu, Shared<int> y, Shared<int> z)
    {
        if (await cpu.Load(y) == 0)
        {
            await cpu.Store(z, 1);
        }
    }

    private static async Op SecondLink(Cpu cpu, Shared<int> y, Shared<int> z, Shared<int> x, int value)
    {
        if (await cpu.Load(z) == 1 && await cpu.Load(y) == 0)
        {
            await cpu.Store(x, value);
        }
    }

    private static void CombinationLock(Variables program)
    {
        var cells = new LockCells(program);
        SimMachine machine = program.Machine;
        machine.Spawn("prize", cpu => Moves.Write(cpu, cells.Z, 1, 1));
        machine.Spawn("first", cells.First);
        machine.Spawn("second", cells.Second);
        machine.Spawn("third", cells.Third);
    }

    /// <summary>The variables of the combination lock and its threads.</summary>
    private sealed class LockCells(Variables program) : MachineObject(program.Machine, "lock")
    {
        private readonly Shared<int> _a = program.Word("a");
        private readonly Shared<int> _b = program.Word("b");
        private readonly Shared<int> _c = program.Word("c");
        private readonly Shared<int> _d = program.Word("d");
        private readonly Shared<int> _v = program.Word("v");
        private readonly Shared<int> _w = program.Word("w");
        private readonly Shared<int> _x = program.Word("x");
        private readonly Shared<int> _y = program.Word("y");

        internal Shared<int> Z { get; } = program.Word("z");

        internal async Op First(Cpu cpu)
        {
            await cpu.Store(_x, 1);
            await cpu.Store(_a, 1);
            if (await cpu.Load(_y) == 1)
            {
                await cpu.Store(_w, 1);
                await cpu.Store(_b, 0);
            }
        }

        internal async Op Second(Cpu cpu)
        {
            if (await cpu.Load(_x) == 1)
            {
                await cpu.Store(_y, 1);
                await cpu.Store(_c, 0);
                if (await cpu.Load(_v) == 1)
                {
                    await cpu.Load(Z);
                }
            }
        }

        internal async Op Third(Cpu cpu)
        {
            if (await cpu.Load(_w) == 1)
            {
                await cpu.Store(_v, 1);
                await cpu.Store(_d, 0);
            }
        }
    }
}
