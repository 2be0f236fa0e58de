using BenchmarkDotNet.Attributes;
using Sim.Kernel.Tracehook;
using Sim.Utrace.Variants;

namespace Sim.Bench.Dispatch;

/// <summary>One report, by number of engines, with and without quiesce callbacks and real fences.</summary>
[MemoryDiagnoser]
public class DispatchBenchmarks
{
    private const int Rounds = 10_000;

    private DispatchRig _rig = null!;

    /// <summary>Engines attached; 0 is a hook that finds utrace_flags zero.</summary>
    [Params(0, 1, 2, 4, 8, 16, 64)]
    public int Engines { get; set; }

    /// <summary>Whether they want QUIESCE too.</summary>
    [Params(false, true)]
    public bool Quiesce { get; set; }

    /// <summary>Whether barriers are barriers of the processor.</summary>
    [Params(false, true)]
    public bool Fences { get; set; }

    [GlobalSetup]
    public void SetUp() => _rig = new DispatchRig(
        UtraceVariant.B,
        Engines,
        UtraceEvents.SyscallExit | (Quiesce ? UtraceEvents.Quiesce : UtraceEvents.None),
        realFences: Fences);

    [Benchmark(Description = "syscall exit", OperationsPerInvoke = Rounds)]
    public void Report() => _rig.Report(UtraceEvents.SyscallExit, Rounds);
}

/// <summary>Each kind of event with four engines, and one engine interested among many.</summary>
[MemoryDiagnoser]
public class EventBenchmarks
{
    private const int Rounds = 10_000;

    private DispatchRig _rig = null!;
    private DispatchRig _among = null!;

    /// <summary>The event.</summary>
    [Params(
        UtraceEvents.SyscallExit, UtraceEvents.SyscallEntry, UtraceEvents.Exec, UtraceEvents.Clone, UtraceEvents.Exit)]
    public UtraceEvents Kind { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _rig = new DispatchRig(UtraceVariant.B, 4, Kind);
        _among = new DispatchRig(UtraceVariant.B, 64, Kind, interested: 1);
    }

    [Benchmark(Description = "four engines", OperationsPerInvoke = Rounds)]
    public void Four() => _rig.Report(Kind, Rounds);

    [Benchmark(Description = "one interested among 64", OperationsPerInvoke = Rounds)]
    public void OneAmongMany() => _among.Report(Kind, Rounds);
}

/// <summary>The calls of engines' owners.</summary>
[MemoryDiagnoser]
public class CallBenchmarks
{
    private const int Rounds = 1000;

    private DispatchRig _rig = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _rig = new DispatchRig(UtraceVariant.B, 1, UtraceEvents.Quiesce);
        _rig.Cpu.Current = _rig.Other;
    }

    [Benchmark(Description = "set_events of a running target", OperationsPerInvoke = Rounds)]
    public void SetEvents() => _rig.SetEvents(Rounds);

    [Benchmark(Description = "control(REPORT) of a running target", OperationsPerInvoke = Rounds)]
    public void ControlRunning() => _rig.ControlRunning(Rounds);

    [Benchmark(Description = "control(STOP) and control(RESUME) of a stopped target", OperationsPerInvoke = Rounds)]
    public void ControlStopped() => _rig.ControlStopped(Rounds);

    [Benchmark(Description = "attach, detach, and the pass that drops the engine", OperationsPerInvoke = Rounds)]
    public void AttachDetach() => _rig.AttachDetach(Rounds);
}
