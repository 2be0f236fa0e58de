using Sim.Machine.Direct;
using Sim.Machine.Memory;
using Sim.Machine.Processors;

namespace Sim.Machine;

/// <summary>How a machine runs simulated code.</summary>
public enum RunMode
{
    /// <summary>Every scheduling point suspends; steps are recorded, checked and can be taken back.</summary>
    Explored,

    /// <summary>
    /// Every operation completes at once, unless it has to wait; no records, no checks, no allocation.
    /// Any number of fibers, which take turns in the order in which they became able to run.
    /// </summary>
    Direct,
}

/// <summary>What a machine is made with.</summary>
public sealed record MachineOptions
{
    /// <summary>How code runs.</summary>
    public RunMode Mode { get; init; } = RunMode.Explored;

    /// <summary>How memory behaves.</summary>
    public MemoryModel Memory { get; init; } = MemoryModel.Sc;

    /// <summary>Whether full barriers of simulated code are barriers of the real processor, to measure them; direct mode only.</summary>
    public bool RealFences { get; init; }

    /// <summary>Who runs when; null for first come, first served. Direct mode only.</summary>
    public DirectSchedule? Schedule { get; init; }

    /// <summary>Sites that are taken away.</summary>
    public IReadOnlyList<Site> Without { get; init; } = [];

    /// <summary>
    /// Most processes (fibers, and under TSO as many store buffers) that may exist; no limit in direct mode.
    /// </summary>
    public int Lanes { get; init; } = 16;

    /// <summary>The numbers of the processes, if other machines are to give the same ones.</summary>
    internal ProcessNumbers? Numbers { get; init; }
}

/// <summary>A world starts more fibers than its machine was made for.</summary>
public sealed class TooManyProcessesException(int limit)
    : Exception($"a machine of this kind runs at most {limit} fibers; make it with more lanes");
