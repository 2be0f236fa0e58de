using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Examples;

/// <summary>
/// A lock for many readers or one writer in one word: the number of readers, and a bit for the writer. A
/// reader counts itself in first and looks then; a writer spins for the whole word.
/// </summary>
internal sealed class ReaderWriterLock : MachineObject
{
    private const int Writer = 0x100;

    private readonly Shared<int> _word;
    private readonly bool _backsOff;

    /// <summary>Makes a lock that is free.</summary>
    /// <param name="machine">The machine that it lives on.</param>
    /// <param name="backsOff">Whether a reader who finds a writer counts itself out again, or goes on regardless.</param>
    internal ReaderWriterLock(SimMachine machine, bool backsOff = true)
        : base(machine, "lock", "lock")
    {
        _word = new Shared<int>(this, "word");
        Data = new Shared<int>(this, "data");
        _backsOff = backsOff;
    }

    /// <summary>What the lock protects: odd while a writer is at it.</summary>
    internal Shared<int> Data { get; }

    /// <summary>Reads under the lock.</summary>
    internal async Op Read(Cpu cpu)
    {
        while ((await cpu.Rmw(_word, RmwKind.Add, 1) & Writer) != 0 && _backsOff)
        {
            await cpu.Rmw(_word, RmwKind.Add, -1);
            await cpu.LoadWhen(_word, GuardKind.NoneOf, Writer);
        }

        int seen = await cpu.Load(Data);
        if ((seen & 1) != 0)
        {
            Machine.Violate("TORN", $"{cpu.Fiber} reads what a writer is at");
        }

        await cpu.Rmw(_word, RmwKind.Add, -1);
    }

    /// <summary>Writes under the lock.</summary>
    internal async Op Write(Cpu cpu)
    {
        await cpu.RmwWhen(_word, GuardKind.Equal, 0, RmwKind.Add, Writer);
        int old = await cpu.Load(Data);
        await cpu.Store(Data, old + 1);
        await cpu.Store(Data, old + 2);
        await cpu.Rmw(_word, RmwKind.Add, -Writer);
    }
}
