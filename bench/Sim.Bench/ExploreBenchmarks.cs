using BenchmarkDotNet.Attributes;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Bench;

/// <summary>What an exploration pays for each step, beyond resuming it.</summary>
[MemoryDiagnoser]
public class ExploreBenchmarks
{
    private const int Rounds = 1000;
    private const int Path = 20;

    private readonly Frame[] _copies = new Frame[5];
    private SimMachine _machine = null!;
    private SimMachine _hashing = null!;
    private Fiber _deep = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _machine = Make(hashing: false);
        _hashing = Make(hashing: true);
        _deep = _machine.AllFibers[2];
    }

    [Benchmark(Description = "snapshot of a five-frame fiber", OperationsPerInvoke = Rounds)]
    public void SnapshotFiveFrames()
    {
        for (int i = 0; i < Rounds; i++)
        {
            int count = 0;
            for (Frame? frame = _deep.Top; frame is not null; frame = frame.Parent)
            {
                _copies[count++] = frame.Copy();
            }

            while (count > 0)
            {
                _copies[--count].Free();
            }
        }
    }

    [Benchmark(Description = "step and undo, flat load", OperationsPerInvoke = Rounds)]
    public void StepUndoFlat() => StepUndo(_machine, 0);

    [Benchmark(Description = "step and undo, flat exchange", OperationsPerInvoke = Rounds)]
    public void StepUndoRmw() => StepUndo(_machine, 1);

    [Benchmark(Description = "step and undo, five frames deep", OperationsPerInvoke = Rounds)]
    public void StepUndoFiveDeep() => StepUndo(_machine, 2);

    [Benchmark(Description = "step and undo, a path of 20 steps of four fibers", OperationsPerInvoke = Rounds)]
    public void StepUndoPath()
    {
        for (int i = 0; i < Rounds; i += Path)
        {
            for (int k = 0; k < Path; k++)
            {
                _machine.Step(k & 3, 0);
            }

            for (int k = 0; k < Path; k++)
            {
                _machine.Undo();
            }
        }
    }

    [Benchmark(Description = "step, identity of four fibers and undo", OperationsPerInvoke = Rounds)]
    public ulong StepIdentityUndo()
    {
        ulong sum = 0;
        for (int i = 0; i < Rounds; i++)
        {
            _hashing.Step(1, 0);
            sum += _hashing.Identity().Low;
            _hashing.Undo();
        }

        return sum;
    }

    [Benchmark(Description = "identity of four fibers, eight frames", OperationsPerInvoke = Rounds)]
    public ulong Identity()
    {
        ulong sum = 0;
        for (int i = 0; i < Rounds; i++)
        {
            StateId id = _hashing.Identity();
            sum += id.High;
        }

        return sum;
    }

    private static void StepUndo(SimMachine machine, int process)
    {
        for (int i = 0; i < Rounds; i++)
        {
            machine.Step(process, 0);
            machine.Undo();
        }
    }

    private static SimMachine Make(bool hashing)
    {
        var machine = new SimMachine(new MachineOptions());
        var routines = new Routines(machine);
        machine.Spawn("flat", routines.Flat);
        machine.Spawn("rmw", routines.FlatRmw);
        machine.Spawn("deep", routines.FiveDeep);
        machine.Spawn("flat", routines.Flat);
        machine.Start(undoable: true, collectRaces: true, hashing);
        return machine;
    }
}
