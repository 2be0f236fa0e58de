using Sim.Machine.Ops;

namespace Sim.Machine.Memory;

/// <summary>What stands at a site, and so what <c>--without</c> takes away.</summary>
public enum SiteKind
{
    /// <summary>A memory barrier.</summary>
    Fence,

    /// <summary>The acquisition of a lock, with the release that belongs to it.</summary>
    Lock,

    /// <summary>A test or re-check.</summary>
    Check,

    /// <summary>The ordering that a locked instruction implies; without it, it is a plain store.</summary>
    Locked,
}

/// <summary>What a barrier orders.</summary>
public enum FenceKind
{
    /// <summary>Everything against everything.</summary>
    Full,

    /// <summary>Loads against later loads.</summary>
    Read,

    /// <summary>Stores against later stores.</summary>
    Write,

    /// <summary>A load of a pointer against loads through it.</summary>
    Depends,
}

/// <summary>
/// A place in simulated code that orders something, known by name so that it can be removed from the
/// outside. Both halves of a pair are declared together.
/// </summary>
/// <param name="Name">Pair and half, e.g. <c>AttachVsRelease.Attach</c>.</param>
/// <param name="Kind">What stands there.</param>
/// <param name="Row">The row of the ordering table that it serves, e.g. <c>M1</c>.</param>
/// <param name="Purpose">One line: what it orders against what.</param>
[Immutable]
public sealed record Site(string Name, SiteKind Kind, string Row, string Purpose)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
