using System.Collections.Immutable;

namespace Sim.Kernel.Syscalls;

/// <summary>The rows of the system call table; docs/syscalls.md is rendered from it.</summary>
public static class AllCalls
{
    /// <summary>All rows with something to say; what 2.6.32 has besides answers ENOSYS.</summary>
    public static ImmutableArray<SystemCall> List { get; } =
    [
        .. FileCalls.List,
        .. VectorCalls.List,
        .. FcntlCalls.List,
        .. PathCalls.List,
        .. StatCalls.List,
        .. MemoryCalls.List,
        .. SignalCalls.List,
        .. TimeCalls.List,
        .. ProcessCalls.List,
        .. CloneCalls.List,
        .. ExecCalls.List,
        .. LimitCalls.List,
        .. ArchCalls.List,
    ];
}
