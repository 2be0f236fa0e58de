using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Yardsticks;

/// <summary>Threads that block on mutexes, without and with deadlocks.</summary>
internal static class Mutexes
{
    private const int Inodes = 32;
    private const int Blocks = 26;

    /// <summary>The programs.</summary>
    internal static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        Yardstick.Of("lockinc", "n threads add to a variable in two steps under a mutex", 4, 8, LockedAdders),
        Yardstick.Of("circular_buffer", "n messages through a buffer of one place", 3, 9, CircularBuffer),
        Yardstick.Of("filesystem", "n threads give inodes blocks; they meet from 14 on", 14, 28, FileSystem),
        Yardstick.Of(
            "philosophers", "n forks, each thread takes its own and the next: one deadlock", 3, 8,
            (program, n) => Philosophers(program, n, ordered: false)),
        Yardstick.Of(
            "philosophers-ordered", "n forks, each thread takes the lower one first", 3, 8,
            (program, n) => Philosophers(program, n, ordered: true)),
    ];

    private static void LockedAdders(Variables program, int n)
    {
        (Shared<int> mutex, Shared<int> x) = (program.Word("mutex"), program.Word("x"));
        program.Machine.SpawnEach(n, "adder", (cpu, _) => LockedAdd(cpu, mutex, x));
    }

    private static async Op LockedAdd(Cpu cpu, Shared<int> mutex, Shared<int> x)
    {
        await cpu.Lock(mutex);
        await cpu.Store(x, await cpu.Load(x) + 1);
        await cpu.Unlock(mutex);
    }

    private static void CircularBuffer(Variables program, int n)
    {
        var buffer = new OnePlace(program);
        program.Machine.Spawn("sender", cpu => buffer.Send(cpu, n));
        program.Machine.Spawn("receiver", cpu => buffer.Receive(cpu, n));
    }

    private static void FileSystem(Variables program, int n)
    {
        var disk = new Disk(program);
        program.Machine.SpawnEach(n, "thread", (cpu, i) => disk.Give(cpu, i % Inodes));
    }

    private static void Philosophers(Variables program, int n, bool ordered)
    {
        Row forks = program.Words("fork", n);
        program.Machine.SpawnEach(n, "philosopher", (cpu, i) =>
        {
            int other = (i + 1) % n;
            return ordered && other < i ? Eat(cpu, forks[other], forks[i]) : Eat(cpu, forks[i], forks[other]);
        });
    }

    private static async Op Eat(Cpu cpu, Shared<int> first, Shared<int> second)
    {
        await cpu.Lock(first);
        await cpu.Lock(second);
        await cpu.Unlock(second);
        await cpu.Unlock(first);
    }

    /// <summary>A place for one message, with a flag for each side.</summary>
    private sealed class OnePlace(Variables program) : MachineObject(program.Machine, "buffer")
    {
        private readonly Shared<int> _mutex = program.Word("mutex");
        private readonly Shared<int> _value = program.Word("value");
        private readonly Shared<int> _send = program.Word("send", 1);
        private readonly Shared<int> _receive = program.Word("receive");

        internal async Op Send(Cpu cpu, int count)
        {
            for (int i = 0; i < count; i++)
            {
                await cpu.Lock(_mutex);
                if (await cpu.Load(_send) != 0)
                {
                    await cpu.Store(_value, i);
                    await cpu.Store(_send, 0);
                    await cpu.Store(_receive, 1);
                }

                await cpu.Unlock(_mutex);
            }
        }

        internal async Op Receive(Cpu cpu, int count)
        {
            for (int i = 0; i < count; i++)
            {
                await cpu.Lock(_mutex);
                if (await cpu.Load(_receive) != 0)
                {
                    await cpu.Load(_value);
                    await cpu.Store(_receive, 0);
                    await cpu.Store(_send, 1);
                }

                await cpu.Unlock(_mutex);
            }
        }
    }

    /// <summary>Inodes and blocks, each with a mutex of its own.</summary>
    private sealed class Disk(Variables program) : MachineObject(program.Machine, "disk")
    {
        private readonly Row _inodeLocks = program.Words("inode_lock", Inodes);
        private readonly Row _inodes = program.Words("inode", Inodes);
        private readonly Row _blockLocks = program.Words("block_lock", Blocks);
        private readonly Row _busy = program.Words("busy", Blocks);

        internal async Op Give(Cpu cpu, int inode)
        {
            await cpu.Lock(_inodeLocks[inode]);
            if (await cpu.Load(_inodes[inode]) == 0)
            {
                int block = 2 * inode % Blocks;
                while (!await Take(cpu, block, inode))
                {
                    block = (block + 1) % Blocks;
                }
            }

            await cpu.Unlock(_inodeLocks[inode]);
        }

        private async Op<bool> Take(Cpu cpu, int block, int inode)
        {
            await cpu.Lock(_blockLocks[block]);
            bool free = await cpu.Load(_busy[block]) == 0;
            if (free)
            {
                await cpu.Store(_busy[block], 1);
                await cpu.Store(_inodes[inode], block + 1);
            }

            await cpu.Unlock(_blockLocks[block]);
            return free;
        }
    }
}
