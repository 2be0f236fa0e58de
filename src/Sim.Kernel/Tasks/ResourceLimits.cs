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
    private readonly long[] _soft;

    /// <summary>No limit but 8 MiB of stack, no core dumps and 1024 files.</summary>
    public ResourceLimits(SimMachine machine)
        : this(machine, [.. Enumerable.Repeat(Infinity, Number)])
    {
        _soft[(int)Resource.Stack] = 8 << 20;
        _soft[(int)Resource.Core] = 0;
        _soft[(int)Resource.Nofile] = 1024;
    }

    private ResourceLimits(SimMachine machine, long[] soft)
        : base(machine, "rlim")
        => _soft = soft;

    /// <summary>The limit in force, or <see cref="Infinity"/>.</summary>
    public long this[Resource resource] => _soft[(int)resource];

    /// <summary>Whether an amount is within a limit.</summary>
    public bool Allows(Resource resource, long amount)
        => _soft[(int)resource] is var limit && (limit == Infinity || amount <= limit);

    /// <summary>The limits with one changed.</summary>
    public ResourceLimits With(Resource resource, long limit)
    {
        long[] soft = [.. _soft];
        soft[(int)resource] = limit;
        return new ResourceLimits(Machine, soft);
    }
}
