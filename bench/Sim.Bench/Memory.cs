using System.Globalization;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Bench;

/// <summary>
/// How much memory one object of each kind takes in direct mode, and many that are as large as a task:
/// 60 words, 10 lists, 4 embedded locks of two words and a list, and a sleeping fiber three routines deep.
/// </summary>
internal static class Memory
{
    internal static void Run(string[] args)
    {
        int count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100_000;
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var owner = new Plain(machine);
        Report("object without words", count, () => new Plain(machine));
        Report("Shared", 60_000, () => new Shared<int>(owner, "word"));
        owner = new Plain(machine);
        Report("Guarded", 60_000, () => new Guarded<int>(owner, "word", null));
        Report("empty MachineList", count, () => new MachineList<Plain>(owner, "list", null));
        Tasklike[] tasks = Report("object like a task", count, () => new Tasklike(machine));

        long before = Used();
        foreach (Tasklike task in tasks)
        {
            machine.Spawn("task", task);
        }

        machine.Run();
        Say("its sleeping fiber", (double)(Used() - before) / machine.LiveFibers);
        Say($"everything, {machine.LiveFibers} live, MB", Used() / 1e6);
        GC.KeepAlive(tasks);
    }

    /// <summary>Many live tasks of a whole kernel: processes of one thread that sleep in pause().</summary>
    internal static void RunKernel(string[] args)
    {
        int count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100_000;
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        long before = Used();
        var population = new Population(machine, count);
        long taken = Used() - before;
        Say("a live task and all that belongs to it", (double)taken / count);
        Say($"{population.Kernel.PeekNrThreads} live tasks, MB", taken / 1e6);
        Say("working set of the process, MB", Environment.WorkingSet / 1e6);
    }

    private static T[] Report<T>(string what, int count, Func<T> make)
    {
        var all = new T[count];
        long before = Used();
        for (int i = 0; i < count; i++)
        {
            all[i] = make();
        }

        Say(what, (double)(Used() - before) / count);
        return all;
    }

    private static long Used() => GC.GetTotalMemory(forceFullCollection: true);

    private static void Say(string what, double bytes)
        => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {bytes:F0}"));

    private sealed class Plain(SimMachine machine) : MachineObject(machine, "plain");

    private sealed class Embedded : MachineObject
    {
        private readonly Cell[] _words;
        private readonly MachineList<Plain> _list;

        internal Embedded(SimMachine machine)
            : base(machine, "embedded")
        {
            _words = [new Shared<int>(this, "word"), new SharedRef<Plain>(this, "owner")];
            _list = new MachineList<Plain>(this, "list", null);
        }

        /// <summary>Keeps what it is made of alive, as fields that somebody reads do.</summary>
        internal bool IsWhole => _words.Length > 0 && _list.PeekCount == 0;
    }

    [MachineOwned]
    private sealed class Tasklike : MachineObject, IRoutine
    {
        private readonly Shared<int> _state;
        private readonly Cell[] _words;
        private readonly MachineList<Plain>[] _lists;
        private readonly Embedded[] _embedded;

        internal Tasklike(SimMachine machine)
            : base(machine, "task")
        {
            _state = new Shared<int>(this, "state");
            _words = [.. Enumerable.Range(1, 59).Select(Word)];
            _lists = [.. Enumerable.Range(0, 10).Select(_ => new MachineList<Plain>(this, "list", null))];
            _embedded = [.. Enumerable.Range(0, 4).Select(_ => new Embedded(machine))];
        }

        public async Op Run(Cpu cpu) => await Sleep(cpu);

        private async Op Sleep(Cpu cpu)
        {
            if (_lists.Length > 0 && _words.Length > 0 && _embedded[0].IsWhole)
            {
                await Wait(cpu);
            }
        }

        private async Op<int> Wait(Cpu cpu) => await cpu.LoadWhen(_state, GuardKind.NotEqual, 0);

        private Cell Word(int number) => (number % 4) switch
        {
            0 => new Shared<int>(this, "word"),
            1 => new SharedRef<Plain>(this, "word"),
            2 => new Guarded<long>(this, "word", null),
            _ => new GuardedRef<Plain>(this, "word", null),
        };
    }
}
