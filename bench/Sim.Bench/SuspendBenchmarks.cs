using BenchmarkDotNet.Attributes;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Bench;

/// <summary>What it costs to suspend a routine and to resume it; nothing is recorded or undone.</summary>
[MemoryDiagnoser]
public class SuspendBenchmarks
{
    private const int Rounds = 1000;

    private Routines _routines = null!;
    private Cpu _direct = null!;
    private SimMachine _machine = null!;
    private FiberStacks _stacks = null!;
    private Frame _flat = null!;
    private Frame _rmw = null!;
    private Frame _deep = null!;
    private Frame _calls = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var machine = new SimMachine(new MachineOptions());
        var routines = new Routines(machine);
        _machine = machine;
        _stacks = machine.Fibers;
        _flat = machine.Spawn("flat", routines.Flat).Top!;
        _rmw = machine.Spawn("rmw", routines.FlatRmw).Top!;
        _deep = machine.Spawn("deep", routines.FiveDeep).Top!;
        _calls = machine.Spawn("calls", routines.SubCalls).Top!;
        machine.Start(undoable: false, collectRaces: false, hashing: false);

        var direct = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        _routines = new Routines(direct);
        _direct = direct.Spawn("idle", _ => Op.Done).Cpu;
    }

    [Benchmark(Description = "suspend and resume at a load, flat", OperationsPerInvoke = Rounds, Baseline = true)]
    public void SuspendFlat() => _flat = Run(_flat);

    [Benchmark(Description = "suspend and resume at an exchange, flat", OperationsPerInvoke = Rounds)]
    public void SuspendFlatRmw() => _rmw = Run(_rmw);

    [Benchmark(Description = "suspend and resume at a load, five frames deep", OperationsPerInvoke = Rounds)]
    public void SuspendFiveDeep() => _deep = Run(_deep);

    [Benchmark(Description = "call of a routine that suspends once", OperationsPerInvoke = Rounds)]
    public void SuspendInSubCall() => _calls = Run(_calls);

    [Benchmark(Description = "call of a routine that does not suspend (direct mode)", OperationsPerInvoke = Rounds)]
    public int NoSuspend() => _routines.CallAtOnce(_direct, Rounds).GetAwaiter().GetResult();

    private Frame Run(Frame top)
    {
        for (int i = 0; i < Rounds; i++)
        {
            top = _stacks.Run(top)!;
        }

        _machine.Log.RollBack(0);

        return top;
    }
}
