using BenchmarkDotNet.Attributes;
using Sim.Machine;

namespace Sim.Bench;

/// <summary>The whole kernel in direct mode, without tracing, beside many tasks that sleep.</summary>
[MemoryDiagnoser]
public class KernelBenchmarks
{
    private const int Rounds = 10_000;

    private Population _population = null!;

    /// <summary>How many other tasks sleep meanwhile in pause().</summary>
    [Params(10, 1_000, 100_000)]
    public int Others { get; set; }

    [GlobalSetup]
    public void SetUp() => _population = new Population(new SimMachine(new MachineOptions { Mode = RunMode.Direct }), Others);

    /// <summary>fork(), the child's exit, and wait4() by number.</summary>
    [Benchmark(Description = "fork, exit, wait", OperationsPerInvoke = Rounds)]
    public void ForkExitWait() => _population.Do(Task.ForkExitWait, Rounds);

    /// <summary>The same by a process whose children the sleepers are.</summary>
    [Benchmark(Description = "fork, exit, wait; the others are siblings", OperationsPerInvoke = Rounds)]
    public void ForkExitWaitAmongSiblings() => _population.DoByParent(Rounds);

    /// <summary>kill() of oneself, and the handler runs and returns before kill() does.</summary>
    [Benchmark(Description = "send, deliver, return", OperationsPerInvoke = Rounds)]
    public void SignalRoundTrip() => _population.Do(Task.SignalRoundTrip, Rounds);

    /// <summary>One thread more, which exits: clone() with CLONE_THREAD.</summary>
    [Benchmark(Description = "create a thread that exits", OperationsPerInvoke = Rounds)]
    public void Thread() => _population.Do(Task.Thread, Rounds);

    /// <summary>SIGSTOP, wait with WUNTRACED, SIGCONT, wait with WCONTINUED.</summary>
    [Benchmark(Description = "stop and continue a child", OperationsPerInvoke = Rounds)]
    public void StopAndContinue() => _population.Do(Task.StopAndContinue, Rounds);
}
