using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Testing.LittlePrograms;

/// <summary>
/// A machine that runs a little program and, beside it, the partial order of the steps taken, worked
/// out here from what each step touches. Two schedules are the same trace when their keys are equal.
/// </summary>
/// <remarks>
/// Under TSO the partial order is that of Abdulla and others' chronological traces: a load is not
/// ordered after a store of its own processor, and is ordered before the stores of others that
/// overwrite what it saw. Passing a fence is no step of its own, since it is seen only when a store waits.
/// </remarks>
public sealed class TracedMachine
{
    private const int Lanes = 16;
    private static readonly ulong[] s_nothing = new ulong[Lanes];

    private readonly SimMachine _machine;
    private readonly LittleWorld _world;
    private readonly List<Taken> _taken = [];
    private readonly ulong[][] _known = [.. Enumerable.Repeat(s_nothing, Lanes)];
    private readonly int[] _flushed = new int[Lanes];

    /// <summary>Makes the machine.</summary>
    public TracedMachine(LittleProgram program, MemoryModel memory)
    {
        _machine = new SimMachine(new MachineOptions { Memory = memory, Lanes = Lanes });
        _world = new LittleWorld(_machine, program);
        _machine.Start(undoable: true, collectRaces: false, hashing: false);
    }

    /// <summary>Number of steps taken.</summary>
    public int Count => _taken.Count;

    /// <summary>The trace of the steps taken.</summary>
    public (ulong, ulong) Key { get; private set; }

    /// <summary>The trace and how far each thread is in it: fences passed count too.</summary>
    public (ulong, ulong) StateKey
    {
        get
        {
            ulong fences = 0;
            foreach (Fiber fiber in _machine.AllFibers)
            {
                fences = (fences * 31) + (ulong)_world.FencesOf(fiber);
            }

            return (Key.Item1, StateHash.Mix(Key.Item2, fences));
        }
    }

    /// <summary>The processes that can take a step, as a bit mask.</summary>
    public ulong Enabled => _machine.Enabled();

    /// <summary>How many alternatives a process has.</summary>
    public int AlternativesOf(int process) => _machine.AlternativesOf(process);

    /// <summary>Whether memory was used wrongly in the steps taken.</summary>
    public bool IsWrong => _machine.Violation is not null;

    /// <summary>The state in words.</summary>
    public string Describe() => _world.Describe();

    /// <summary>The process that a schedule names: fibers by the order of their starts, then their buffers.</summary>
    public int ProcessAt(int place)
        => place >= _machine.FlusherBase
            ? ProcessAt(place - _machine.FlusherBase) + _machine.FlusherBase
            : _machine.AllFibers[place].Index;

    /// <summary>Takes a step.</summary>
    public void Step(int process, int alternative)
    {
        var step = new Taken { Process = process, Key = Key, Known = _known[process] };
        bool isFlush = process >= _machine.FlusherBase;
        int fiberIndex = isFlush ? process - _machine.FlusherBase : process;
        var clock = (ulong[])_known[process].Clone();
        bool isFence = false;
        if (isFlush)
        {
            StoreBuffer.Entry entry = _machine.BufferOf(fiberIndex).Oldest;
            (step.First, step.Writes, step.IsSum) = (entry.Cell, true, entry.IsAddition);
            Join(clock, entry.StoreEvent < 0 ? s_nothing : _taken[entry.StoreEvent].Clock);
        }
        else
        {
            isFence = Announced(_machine.FiberAt(process), ref step, clock);
        }

        int fences = isFlush ? 0 : _world.FencesOf(_machine.FiberAt(process));
        int fibers = _machine.AllFibers.Count;
        Order(step, clock);
        if (!isFence)
        {
            clock[process]++;
            Key = Fold(Key, process, alternative, clock);
        }

        step.Clock = clock;
        _taken.Add(step);
        _machine.Step(process, alternative);
        if (isFlush)
        {
            _flushed[fiberIndex]++;
        }

        Learn(process, clock, !isFlush && _world.FencesOf(_machine.FiberAt(process)) != fences, fibers);
    }

    /// <summary>Takes the newest step back.</summary>
    public void Undo()
    {
        Taken step = _taken[^1];
        _taken.RemoveAt(_taken.Count - 1);
        _machine.Undo();
        _known[step.Process] = step.Known;
        Key = step.Key;
        if (step.Process >= _machine.FlusherBase)
        {
            _flushed[step.Process - _machine.FlusherBase]--;
        }
    }

    /// <summary>Fills in what a fiber's next step touches; answers whether it only passes a fence.</summary>
    private bool Announced(Fiber fiber, ref Taken step, ulong[] clock)
    {
        PendingOp op = fiber.Pending;
        bool drains = op.Kind is OpKind.Rmw or OpKind.Free || op.Guard != GuardKind.None ||
            op.Extra is WatchSet { IsReady: false };
        if (drains && _machine.BuffersStores)
        {
            Join(clock, _known[fiber.Index + _machine.FlusherBase]);
        }

        step.First = op.Cell;
        step.Writes = op.Cell is not null && op.Writes(op.Cell.Bits);
        step.Source = -1;
        if (op.Extra is WatchSet watch)
        {
            (step.First, step.Second) = (watch.Entries[0].Cell, watch.Entries[1].Cell);
            step.SeesMemory = true;
        }
        else if (op.Extra is MachineObject freed)
        {
            (step.First, step.Writes) = (freed.CellsWithParts.First(cell => cell.Sort == CellSort.Shared), true);
        }
        else if (op.Kind == OpKind.Load && _machine.BuffersStores)
        {
            step.Source = _machine.BufferOf(fiber.Index).Find(op.Cell!);
        }

        return op.Kind == OpKind.Fence;
    }

    /// <summary>Orders a step after those of other processes that it conflicts with.</summary>
    private void Order(Taken step, ulong[] clock)
    {
        if (step.Source < 0 || step.Process >= _machine.FlusherBase)
        {
            Order(step, step.First, clock);
            Order(step, step.Second, clock);
        }
    }

    private void Order(Taken step, Cell? cell, ulong[] clock)
    {
        for (int i = _taken.Count - 1; i >= 0 && cell is not null; i--)
        {
            Taken other = _taken[i];
            bool touches = other.First == cell || other.Second == cell;
            if (touches && !step.Writes && other.Writes)
            {
                if (other.Process != step.Process + _machine.FlusherBase || other.IsSum || step.SeesMemory)
                {
                    Join(clock, other.Clock);
                }

                return;
            }

            if (touches && step.Writes && !IsStillForwarded(other))
            {
                Join(clock, other.Clock);
            }
        }
    }

    private bool IsStillForwarded(Taken other)
        => other.Process < _machine.FlusherBase && !other.Writes && other.Source >= _flushed[other.Process];

    /// <summary>What a process and those that it starts know from now on.</summary>
    private void Learn(int process, ulong[] clock, bool passedFence, int fibers)
    {
        _known[process] = clock;
        if (passedFence && _machine.BuffersStores)
        {
            _known[process] = (ulong[])clock.Clone();
            Join(_known[process], _known[process + _machine.FlusherBase]);
        }

        for (int child = fibers; child < _machine.AllFibers.Count; child++)
        {
            _known[_machine.AllFibers[child].Index] = _known[process];
        }
    }

    private static void Join(ulong[] into, ulong[] from)
    {
        for (int i = 0; i < into.Length; i++)
        {
            into[i] = Math.Max(into[i], from[i]);
        }
    }

    private static (ulong, ulong) Fold((ulong, ulong) key, int process, int alternative, ulong[] clock)
    {
        ulong first = StateHash.Mix(17, ((ulong)(uint)process << 8) | (uint)alternative);
        ulong second = StateHash.Mix(0x632BE59BD9B4E019UL, first);
        foreach (ulong component in clock)
        {
            first = StateHash.Mix(first, component);
            second = StateHash.Mix(second + 0x9E37UL, component);
        }

        return (key.Item1 + first, key.Item2 + second);
    }

    private struct Taken
    {
        internal int Process;
        internal Cell? First;
        internal Cell? Second;
        internal bool Writes;

        /// <summary>Of a load that was served from the store buffer: which store, else -1.</summary>
        internal int Source;

        /// <summary>Whether what it reads never comes from the store buffer.</summary>
        internal bool SeesMemory;

        /// <summary>Whether what reached memory is an addition.</summary>
        internal bool IsSum;
        internal ulong[] Clock;
        internal ulong[] Known;
        internal (ulong, ulong) Key;
    }
}
