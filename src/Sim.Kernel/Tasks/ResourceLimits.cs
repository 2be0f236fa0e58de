using System.Collections.Immutable;
using Sim.Machine;
using Sim.Machine.State;

namespace Sim.Kernel.Tasks;

/// <summary>RLIMIT_* of a process; the ones that mean something here.</summary>
public enum Resource
{
    /// <summary>RLIMIT_STACK, bytes.</summary>
    Stack = 3,

    /// <summary>RLIMIT_CORE, bytes.</summary>
    Core = 4,

    /// <summary>RLIMIT_NPROC: tasks of one user.</summary>
    Nproc = 6,

    /// <summary>RLIMIT_NOFILE: file descriptors.</summary>
    Nofile = 7,

    /// <summary>RLIMIT_AS, bytes.</summary>
    As = 9,

    /// <summary>RLIMIT_SIGPENDING: queued signals of one user.</summary>
    Sigpending = 11,
}

/// <summary>The resource limits of a process. They never change: setrlimit() makes others.</summary>
public sealed class ResourceLimits : MachineObject
{
    /// <summary>RLIM_INFINITY.</summary>
    public const long Infinity = -1;

    private const int Number = 16;
    private readonly ImmutableArray<long> _soft;

    /// <summary>No limit but 8 MiB of stack, no core dumps and 1024 files.</summary>
    public ResourceLimits(SimMachine machine)
        : this(machine, [.. Enumerable.Range(0, Number).Select(Initial)])
    {
    }

    private ResourceLimits(SimMachine machine, ImmutableArray<long> soft)
        : base(machine, "rlim")
        => _soft = soft;

    /// <summary>The limit in force, or <see cref="Infinity"/>.</summary>
    public long this[Resource resource] => _soft[(int)resource];

    /// <summary>Whether an amount is within a limit.</summary>
    public bool Allows(Resource resource, long amount)
        => _soft[(int)resource] is var limit && (limit == Infinity || amount <= limit);

    /// <summary>The limits with one changed.</summary>
    public ResourceLimits With(Resource resource, long limit)
        => new(Machine, _soft.SetItem((int)resource, limit));

    private static long Initial(int resource) => (Resource)resource switch
    {
        Resource.Stack => 8 << 20,
        Resource.Core => 0,
        Resource.Nofile => 1024,
        Resource.Nproc or Resource.As or Resource.Sigpending or _ => Infinity,
    };
}
