using System.Globalization;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Kernel.Memory;

/// <summary>
/// A range of addresses with the same properties. An area never changes; the map of an address space
/// is replaced by one with other areas. Linux: struct vm_area_struct.
/// </summary>
/// <param name="Start">vm_start: the first address.</param>
/// <param name="End">vm_end: the address after the last.</param>
/// <param name="Flags">vm_flags.</param>
/// <param name="Memory">What stands behind it.</param>
/// <param name="Index">
/// vm_pgoff: which page of the memory stands at the start; of private anonymous memory the number of the page in the
/// address space.
/// </param>
[Immutable]
public sealed record VmArea(ulong Start, ulong End, VmFlags Flags, MemoryObject Memory, long Index) : IIdentified
{
    /// <inheritdoc/>
    ulong IIdentified.Identity
        => StateHash.Mix(
            StateHash.Mix(StateHash.Mix(StateHash.Mix(Start, End), (ulong)Flags), (ulong)Memory.Id), (ulong)Index);

    /// <summary>Number of pages.</summary>
    public ulong Pages => (End - Start) >> Paging.PageShift;

    /// <summary>The page of the memory that stands at an address.</summary>
    public long IndexOf(ulong address) => Index + (long)((address >> Paging.PageShift) - (Start >> Paging.PageShift));

    /// <summary>The part of the area in a range that it meets.</summary>
    public VmArea Clip(ulong start, ulong end)
    {
        ulong from = Math.Max(start, Start);
        return this with { Start = from, End = Math.Min(end, End), Index = IndexOf(from) };
    }

    /// <summary>Whether this and the area after it are one. Linux: can_vma_merge_after().</summary>
    public bool Joins(VmArea next)
        => End == next.Start && Flags == next.Flags && ReferenceEquals(Memory, next.Memory) &&
            IndexOf(End) == next.Index;

    /// <summary>As a line of /proc/pid/maps.</summary>
    public override string ToString()
    {
        char Letter(VmFlags flag, char letter) => (Flags & flag) != VmFlags.None ? letter : '-';
        char kind = (Flags & VmFlags.MayShare) != VmFlags.None ? 's' : 'p';
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Start:x8}-{End:x8} {Letter(VmFlags.Read, 'r')}{Letter(VmFlags.Write, 'w')}{Letter(VmFlags.Execute, 'x')}{kind} {Memory}");
    }
}
