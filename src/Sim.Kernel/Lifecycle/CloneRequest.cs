using Sim.Kernel.Abi;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;

namespace Sim.Kernel.Lifecycle;

/// <summary>What clone() is asked for.</summary>
/// <param name="Flags">What the child shares, and the signal that the parent is sent at its end.</param>
/// <param name="Child">What the child does in user mode.</param>
/// <param name="Name">Its name in traces; null for the parent's with a number.</param>
[Immutable]
public readonly record struct CloneRequest(CloneFlags Flags, UserProgram Child, string? Name = null)
{
    /// <summary>The child's stack pointer; 0 for the parent's value.</summary>
    public ulong Stack { get; init; }

    /// <summary>The child's thread pointer, with <see cref="CloneFlags.SetTls"/>.</summary>
    public ulong Tls { get; init; }

    /// <summary>CLONE_PARENT_SETTID: where the parent is told the child's number.</summary>
    public ulong ParentTid { get; init; }

    /// <summary>CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID: where the child writes its number, and clears it.</summary>
    public ulong ChildTid { get; init; }

    /// <summary>The signal that the parent is sent when the child dies: the bits of CSIGNAL.</summary>
    public int ExitSignal => (int)Flags & 0xff;

    /// <summary>Whether a flag is set.</summary>
    public bool Has(CloneFlags flag) => (Flags & flag) == flag;
}
