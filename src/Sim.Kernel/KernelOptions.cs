using Sim.Arch;
using Sim.Machine.Ops;

namespace Sim.Kernel;

/// <summary>How a kernel is booted.</summary>
[Immutable]
public sealed record KernelOptions
{
    /// <summary>The architecture; null for tasks without registers, whose programs are routines.</summary>
    public IArchitecture? Architecture { get; init; }

    /// <summary>pid_max: one more than the largest process number.</summary>
    public int PidMax { get; init; } = 64;

    /// <summary>RESERVED_PIDS: numbers below are given out only once.</summary>
    public int ReservedPids { get; init; } = 2;

    /// <summary>max_threads: fork fails with EAGAIN at this number of tasks.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    /// <summary>
    /// Whether queued signals count against RLIMIT_SIGPENDING. The count is one word that every sender
    /// changes, so explored worlds leave it out unless they are about it.
    /// </summary>
    public bool AccountsSignals { get; init; }
}
