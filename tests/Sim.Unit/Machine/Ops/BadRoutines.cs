using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Unit.Machine.Ops;

/// <summary>Routines that keep, across an await, something that copies of them would share.</summary>
internal static class BadRoutines
{
    internal static async Op KeepsAnArray(Cpu cpu)
    {
        int[] counts = new int[2];
        await cpu.Yield();
        counts[0]++;
        await cpu.Yield();
        Use(counts[0]);
    }

    internal static async Op KeepsAList(Cpu cpu)
    {
        var seen = new List<int>();
        await cpu.Yield();
        seen.Add(1);
        await cpu.Yield();
        Use(seen.Count);
    }

    internal static async Op KeepsALambda(Cpu cpu)
    {
        int captured = 0;
        Action increment = () => captured++;
        await cpu.Yield();
        increment();
        await cpu.Yield();
        Use(captured);
    }

    internal static async Op KeepsACapturedLocal(Cpu cpu)
    {
        int captured = 0;
        await cpu.Yield();
        Later(() => captured++);
        await cpu.Yield();
        Use(captured);
    }

    internal static async Op KeepsAnIterator(Cpu cpu)
    {
        foreach (int item in Items())
        {
            await cpu.Yield();
            Use(item);
        }
    }

    internal static async Op KeepsAPlainObject(Cpu cpu)
    {
        object box = 3;
        await cpu.Yield();
        Use(box.ToString()!.Length);
    }

    internal static async Op KeepsADerivedObject(Cpu cpu)
    {
        var derived = new WithoutFieldsOfItsOwn();
        derived.Count();
        await cpu.Yield();
        Use(derived.Count());
    }

    internal static async Op KeepsAStructWithAList(Cpu cpu)
    {
        (int Number, List<int> List) pair = (1, []);
        await cpu.Yield();
        pair.List.Add(pair.Number);
        await cpu.Yield();
        Use(pair.List.Count);
    }

    internal static async Op KeepsARunningRoutine(Cpu cpu)
    {
        Op started = KeepsNothing(cpu);
        await cpu.Yield();
        await started;
    }

    private static async Op KeepsNothing(Cpu cpu) => await cpu.Yield();

    private static IEnumerable<int> Items()
    {
        yield return 1;
        yield return 2;
    }

    private static void Later(Func<int> action) => action();

    private static void Use(int value) => GC.KeepAlive(value);

    private class WithPrivateState
    {
        private int _count;

        public int Count() => ++_count;
    }

    private sealed class WithoutFieldsOfItsOwn : WithPrivateState;
}
