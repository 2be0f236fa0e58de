using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Yardsticks;

/// <summary>
/// Mutual exclusion from loads and stores alone. Where the original spins, a thread whose one look
/// finds the wrong value gives up for good; the execution then ends with that thread stuck.
/// </summary>
internal static class MutualExclusion
{
    /// <summary>The programs.</summary>
    internal static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        Yardstick.Of("peterson", "Peterson's lock, one round", Peterson),
        Yardstick.Of("szymanski", "Szymanski's lock, two threads, one round", Szymanski),
        Yardstick.Of("lamport", "Lamport's fast mutex, n threads", 2, 3, FastMutex),
    ];

    private static void Peterson(Variables program)
    {
        var cells = new Contest(program, 2);
        program.Machine.SpawnEach(2, "thread", cells.Peterson);
    }

    private static void Szymanski(Variables program)
    {
        var cells = new Contest(program, 2);
        program.Machine.SpawnEach(2, "thread", cells.Szymanski);
    }

    private static void FastMutex(Variables program, int n)
    {
        var cells = new Contest(program, n + 1);
        program.Machine.SpawnEach(n, "thread", (cpu, i) => cells.FastMutex(cpu, i + 1));
    }

    /// <summary>The variables of the three algorithms and what a thread does.</summary>
    private sealed class Contest(Variables program, int threads) : MachineObject(program.Machine, "contest")
    {
        private readonly Row _flags = program.Words("flag", threads);
        private readonly Shared<int> _turn = program.Word("turn");
        private readonly Shared<int> _x = program.Word("x");
        private readonly Shared<int> _y = program.Word("y");
        private readonly Shared<int> _never = program.Word("never");

        internal async Op Peterson(Cpu cpu, int i)
        {
            await cpu.Store(_flags[i], 1);
            await cpu.Store(_turn, 1 - i);
            await Assume(cpu, await cpu.Load(_flags[1 - i]) != 1 || await cpu.Load(_turn) != 1 - i);
            await cpu.Store(_x, i);
            await cpu.Load(_x);
            await cpu.Store(_flags[i], 0);
        }

        internal async Op Szymanski(Cpu cpu, int i)
        {
            Shared<int> own = _flags[i];
            Shared<int> other = _flags[1 - i];
            await cpu.Store(own, 1);
            await Assume(cpu, await cpu.Load(other) < 3);
            await cpu.Store(own, 3);
            if (await cpu.Load(other) == 1)
            {
                await cpu.Store(own, 2);
                await Assume(cpu, await cpu.Load(other) == 4);
            }

            await cpu.Store(own, 4);
            await Assume(cpu, await cpu.Load(other) < 2);
            await cpu.Store(_x, i);
            await cpu.Load(_x);
            await cpu.Load(_x);
            await Assume(cpu, 2 > await cpu.Load(other) || await cpu.Load(other) > 3);
            await cpu.Store(own, 0);
        }

        internal async Op FastMutex(Cpu cpu, int t)
        {
            while (!await TryEnter(cpu, t))
            {
                await Assume(cpu, await cpu.Load(_y) == 0);
            }

            await cpu.Store(_y, 0);
            await cpu.Store(_flags[t], 0);
        }

        private async Op<bool> TryEnter(Cpu cpu, int t)
        {
            await cpu.Store(_flags[t], 1);
            await cpu.Store(_x, t);
            if (await cpu.Load(_y) != 0)
            {
                await cpu.Store(_flags[t], 0);
                return false;
            }

            await cpu.Store(_y, t);
            if (await cpu.Load(_x) == t)
            {
                return true;
            }

            await cpu.Store(_flags[t], 0);
            for (int j = 1; j < _flags.Count; j++)
            {
                await Assume(cpu, await cpu.Load(_flags[j]) == 0);
            }

            return await cpu.Load(_y) == t;
        }

        private async Op Assume(Cpu cpu, bool condition)
        {
            if (!condition)
            {
                await cpu.LoadWhen(_never, GuardKind.Equal, 1);
            }
        }
    }
}
