using System.Collections.Immutable;
using Sim.Machine;
using Sim.Machine.State;

namespace Sim.Kernel.Tasks;

/// <summary>RLIMIT_*. The kernel here enforces Stack, Core, Data, Nproc, Nofile, As and Sigpending; it keeps the others.</summary>
public enum Resource
{
    /// <summary>RLIMIT_CPU, seconds.</summary>
    Cpu = 0,

    /// <summary>RLIMIT_FSIZE, bytes.</summary>
    Fsize = 1,

    /// <summary>RLIMIT_DATA, bytes.</summary>
    Data = 2,

    /// <summary>RLIMIT_STACK, bytes.</summary>
    Stack = 3,

    /// <summary>RLIMIT_CORE, bytes.</summary>
    Core = 4,

    /// <summary>RLIMIT_RSS, bytes.</summary>
    Rss = 5,

    /// <summary>RLIMIT_NPROC: tasks of one user.</summary>
    Nproc = 6,

    /// <summary>RLIMIT_NOFILE: file descriptors.</summary>
    Nofile = 7,

    /// <summary>RLIMIT_MEMLOCK, bytes.</summary>
    Memlock = 8,

    /// <summary>RLIMIT_AS, bytes.</summary>
    As = 9,

    /// <summary>RLIMIT_LOCKS.</summary>
    Locks = 10,

    /// <summary>RLIMIT_SIGPENDING: queued signals of one user.</summary>
    Sigpending = 11,

    /// <summary>RLIMIT_MSGQUEUE, bytes.</summary>
    Msgqueue = 12,

    /// <summary>RLIMIT_NICE.</summary>
    Nice = 13,

    /// <summary>RLIMIT_RTPRIO.</summary>
    Rtprio = 14,

    /// <summary>RLIMIT_RTTIME, microseconds.</summary>
    Rttime = 15,
}

/// <summary>struct rlimit.</summary>
/// <param name="Soft">rlim_cur: the limit in force.</param>
/// <param name="Hard">rlim_max: how far it may be raised.</param>
public readonly record struct ResourceLimit(ulong Soft, ulong Hard)
{
    /// <summary>RLIM_INFINITY.</summary>
    public const ulong Infinity = ulong.MaxValue;

    /// <summary>No limit.</summary>
    public static ResourceLimit None { get; } = new(Infinity, Infinity);
}

/// <summary>The resource limits of a process. They never change: setrlimit() makes others.</summary>
public sealed class ResourceLimits : MachineObject
{
    /// <summary>RLIM_NLIMITS.</summary>
    public const int Count = 16;

    private readonly ImmutableArray<ResourceLimit> _limits;

    /// <summary>No limit but 8 MiB of stack, no core dumps and 1024 files, which may all be raised.</summary>
    public ResourceLimits(SimMachine machine)
        : this(machine, [.. Enumerable.Range(0, Count).Select(resource => Initial((Resource)resource))])
    {
    }

    private ResourceLimits(SimMachine machine, ImmutableArray<ResourceLimit> limits)
        : base(machine, "rlim")
        => _limits = limits;

    /// <summary>A limit.</summary>
    public ResourceLimit this[Resource resource] => _limits[(int)resource];

    /// <summary>Whether an amount is within the limit in force.</summary>
    public bool Allows(Resource resource, long amount) => (ulong)amount <= _limits[(int)resource].Soft;

    /// <summary>The limits with one changed.</summary>
    public ResourceLimits With(Resource resource, ResourceLimit limit)
        => new(Machine, _limits.SetItem((int)resource, limit));

    private static ResourceLimit Initial(Resource resource) => resource switch
    {
        Resource.Stack => new ResourceLimit(8 << 20, ResourceLimit.Infinity),
        Resource.Core => new ResourceLimit(0, ResourceLimit.Infinity),
        Resource.Nofile => new ResourceLimit(1024, 1024),
        Resource.Cpu or Resource.Fsize or Resource.Data or Resource.Rss or Resource.Nproc or Resource.Memlock or
            Resource.As or Resource.Locks or Resource.Sigpending or Resource.Msgqueue or Resource.Nice or
            Resource.Rtprio or Resource.Rttime or _ => ResourceLimit.None,
    };
}
