using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Yardsticks;

/// <summary>The variables of a program. All are words that every thread may touch; initially 0.</summary>
internal sealed class Variables(SimMachine machine) : MachineObject(machine, "program", "yardstick")
{
    /// <summary>Declares one variable.</summary>
    internal Shared<int> Word(string name, int initial = 0) => new(this, name, initial);

    /// <summary>Declares an array.</summary>
    internal Row Words(string name, int count) => new(this, name, count);
}

/// <summary>An array of variables.</summary>
internal sealed class Row : MachineObject
{
    private readonly Shared<int>[] _cells;

    internal Row(Variables owner, string name, int count)
        : base(owner.Machine, "row", name)
        => _cells = [.. Enumerable.Range(0, count).Select(i => new Shared<int>(this, $"{name}[{i}]"))];

    /// <summary>Number of variables.</summary>
    internal int Count => _cells.Length;

    internal Shared<int> this[int index] => _cells[index];
}

/// <summary>What the threads of more than one program do.</summary>
internal static class Moves
{
    /// <summary>Takes a mutex: one step, possible while it is free.</summary>
    internal static OperationAwaiter<int> Lock(this Cpu cpu, Shared<int> mutex)
        => cpu.RmwWhen(mutex, GuardKind.Equal, 0, RmwKind.Exchange, 1);

    /// <summary>Gives a mutex back.</summary>
    internal static StoreAwaiter Unlock(this Cpu cpu, Shared<int> mutex) => cpu.Store(mutex, 0);

    /// <summary>Starts a thread for each number from 0.</summary>
    internal static void SpawnEach(this SimMachine machine, int count, string name, Func<Cpu, int, Op> routine)
    {
        for (int i = 0; i < count; i++)
        {
            int number = i;
            machine.Spawn($"{name} {i}", cpu => routine(cpu, number));
        }
    }

    /// <summary>Reads a variable so many times.</summary>
    internal static async Op Read(Cpu cpu, Shared<int> x, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await cpu.Load(x);
        }
    }

    /// <summary>Writes a value so many times.</summary>
    internal static async Op Write(Cpu cpu, Shared<int> x, int value, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await cpu.Store(x, value);
        }
    }

    /// <summary>Reads one variable, then another.</summary>
    internal static async Op ReadBoth(Cpu cpu, Shared<int> first, Shared<int> second)
    {
        await cpu.Load(first);
        await cpu.Load(second);
    }
}
