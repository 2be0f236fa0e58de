using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Kernel.Memory;

/// <summary>The limits of a process that concern its memory, in bytes.</summary>
/// <param name="AddressSpace">RLIMIT_AS.</param>
/// <param name="Stack">RLIMIT_STACK.</param>
/// <param name="Data">RLIMIT_DATA.</param>
[Immutable]
public sealed record MemoryLimits(
    ulong AddressSpace = MemoryLimits.Infinity,
    ulong Stack = MemoryLimits.UsualStack,
    ulong Data = MemoryLimits.Infinity) : IIdentified
{
    /// <summary>RLIM_INFINITY.</summary>
    public const ulong Infinity = ulong.MaxValue;

    /// <summary>_STK_LIM.</summary>
    public const ulong UsualStack = 8UL << 20;

    /// <summary>What a process has at first.</summary>
    public static MemoryLimits Usual { get; } = new();

    /// <summary>The limits with one changed; the same for a resource that is not memory.</summary>
    public MemoryLimits With(Tasks.Resource resource, ulong bytes)
    {
        if (resource == Tasks.Resource.Stack)
        {
            return this with { Stack = bytes };
        }

        if (resource == Tasks.Resource.Data)
        {
            return this with { Data = bytes };
        }

        return resource == Tasks.Resource.As ? this with { AddressSpace = bytes } : this;
    }

    /// <inheritdoc/>
    ulong IIdentified.Identity => StateHash.Mix(StateHash.Mix(AddressSpace, Stack), Data);
}
