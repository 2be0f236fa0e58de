using Sim.Arch;
using Sim.Kernel.Syscalls;
using Sim.Machine.Ops;

namespace Sim.Kernel;

/// <summary>How a kernel is booted.</summary>
[Immutable]
public sealed record KernelOptions
{
    /// <summary>The architecture; null for tasks without registers, whose programs are routines.</summary>
    public IArchitecture? Architecture { get; init; }

    /// <summary>arch_has_single_step(), for tasks without registers.</summary>
    public bool HasSingleStep { get; init; } = true;

    /// <summary>arch_has_block_step(), for tasks without registers.</summary>
    public bool HasBlockStep { get; init; } = true;

    /// <summary>pid_max: one more than the largest process number.</summary>
    public int PidMax { get; init; } = 64;

    /// <summary>RESERVED_PIDS: numbers below are given out only once.</summary>
    public int ReservedPids { get; init; } = 2;

    /// <summary>How C# programs name and number their calls and lay out structures.</summary>
    public SyscallNumbering Numbering { get; init; } = SyscallNumbering.X86_64;

    /// <summary>Bytes that a pipe holds.</summary>
    public int PipeCapacity { get; init; } = 1 << 16;

    /// <summary>What getrandom() begins with.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>What uname() calls the kernel; newer C libraries refuse to run on the one that this is.</summary>
    public string Release { get; init; } = "2.6.32";

    /// <summary>Who is told of the system calls of machine code; null for nobody.</summary>
    public ISyscallWatch? Watch { get; init; }

    /// <summary>Programs for execve() that are in no file of the simulation; null for none.</summary>
    public Loading.IProgramSource? Programs { get; init; }

    /// <summary>Who answers ptrace(); null for ENOSYS.</summary>
    public IPtracePort? Ptrace { get; init; }

    /// <summary>
    /// Whether a thread that joins a group stop is TASK_STOPPED already when tracing is told, as before September 2009.
    /// </summary>
    public bool ReportsStopWhenStopped { get; init; }

    /// <summary>
    /// Whether stops and core dumps are those of 2005: a core dump says that the group dies and kills its threads in a
    /// second section of siglock, and a task goes to sleep in a group stop though SIGKILL waits for it.
    /// </summary>
    public bool HasStopsOf2005 { get; init; }

    /// <summary>
    /// Whether a wake-up loads the state of the task before it changes it, as try_to_wake_up() does; otherwise it is one
    /// step, which reads the newest state. Explored worlds leave it out unless they are about it: it is a step more for
    /// every wake-up, and matters only where a load may read an older state.
    /// </summary>
    public bool WakesAfterLoad { get; init; }

    /// <summary>max_threads: fork fails with EAGAIN at this number of tasks.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    /// <summary>Whether programs have CAP_SYS_RESOURCE, and so may raise hard limits.</summary>
    public bool RaisesLimits { get; init; }

    /// <summary>
    /// Whether queued signals count against RLIMIT_SIGPENDING. The count is one word that every sender
    /// changes, so explored worlds leave it out unless they are about it.
    /// </summary>
    public bool AccountsSignals { get; init; }
}
