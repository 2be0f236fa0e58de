using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>What an event of an execution is.</summary>
internal enum EventKind
{
    /// <summary>A read of memory.</summary>
    Read,

    /// <summary>A write to memory.</summary>
    Write,

    /// <summary>A barrier.</summary>
    Fence,
}

/// <summary>What part an access plays in a locked section.</summary>
internal enum LockRole
{
    /// <summary>None.</summary>
    None,

    /// <summary>The read that finds the lock free.</summary>
    LockRead,

    /// <summary>The write that takes it.</summary>
    LockWrite,

    /// <summary>The write that gives it up.</summary>
    Unlock,

    /// <summary>The read that finds it taken.</summary>
    FailedLock,
}

/// <summary>An event of one thread.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Location">The word it accesses, or -1.</param>
/// <param name="Value">What it reads or writes.</param>
internal readonly record struct LitmusEvent(EventKind Kind, int Location, long Value)
{
    /// <summary>How an access is marked.</summary>
    internal AccessOrder Order { get; init; }

    /// <summary>Which barrier it is.</summary>
    internal Barrier Barrier { get; init; }

    /// <summary>Its part in a locked section.</summary>
    internal LockRole Role { get; init; }

    /// <summary>Whether it is part of an atomic operation, even of one that stores nothing.</summary>
    internal bool IsRmw { get; init; }

    /// <summary>Whether x86 does without a locked instruction although it is part of an atomic operation: one that looks first, and stores nothing.</summary>
    internal bool IsOnlyALook { get; init; }

    /// <summary>Whether the event before it is the read that it writes together with.</summary>
    internal bool WritesAfterRead { get; init; }

    /// <summary>The reads of the thread that its address was computed from.</summary>
    internal ulong Address { get; init; }

    /// <summary>The reads of the thread that its value was computed from.</summary>
    internal ulong Data { get; init; }

    /// <summary>The reads of the thread that decided that it is executed.</summary>
    internal ulong Control { get; init; }

    /// <summary>Of a write, how its value came about.</summary>
    internal WordValue Origin { get; init; }

    /// <summary>Of the control dependencies, those with an isync behind the branch.</summary>
    internal ulong ControlFence { get; init; }
}

/// <summary>One way in which a thread can run, given what its reads answer.</summary>
/// <param name="Events">What it does, in program order.</param>
/// <param name="Registers">What its registers hold at the end.</param>
/// <param name="Astray">0, or the address at which it went astray: there is no word.</param>
internal sealed record ThreadRun(LitmusEvent[] Events, long[] Registers, long Astray = 0)
{
    /// <summary>Whether the thread came to its end.</summary>
    internal bool IsComplete { get; init; } = true;
}
