namespace Sim.Kernel.Memory;

/// <summary>Where a mapping may go and how large an address space may be. Source: mm/mmap.c.</summary>
internal static class MapRules
{
    /// <summary>may_expand_vm(): whether so many pages more stay below RLIMIT_AS.</summary>
    internal static bool MayExpand(VmAreaMap areas, MemoryLimits limits, ulong pages)
        => areas.Pages + pages <= limits.AddressSpace >> Paging.PageShift;

    /// <summary>
    /// arch_get_unmapped_area_topdown(): the hint if there is room, else the highest gap below the base,
    /// else the lowest above the bottom. Linux begins its search where the last one ended; here it always
    /// begins at the base.
    /// </summary>
    /// <param name="areas">What is mapped.</param>
    /// <param name="mmapBase">Where to begin.</param>
    /// <param name="taskSize">Where user space ends.</param>
    /// <param name="hint">A page-aligned address, or 0.</param>
    /// <param name="length">A whole number of pages, at most TASK_SIZE.</param>
    /// <returns>The address, or null when there is no room.</returns>
    internal static ulong? FindGap(VmAreaMap areas, ulong mmapBase, ulong taskSize, ulong hint, ulong length)
    {
        if (hint != 0 && hint <= taskSize - length && areas.Find(hint, hint + length) is null)
        {
            return hint;
        }

        for (ulong end = mmapBase; end >= length + Paging.MinimumAddress;)
        {
            VmArea? above = areas.Find(end - length, end);
            if (above is null)
            {
                return end - length;
            }

            end = above.Start;
        }

        for (ulong start = Paging.UnmappedBase(taskSize); start <= taskSize - length;)
        {
            VmArea? area = areas.Find(start, start + length);
            if (area is null)
            {
                return start;
            }

            start = area.End;
        }

        return null;
    }

    /// <summary>calc_vm_prot_bits().</summary>
    internal static VmFlags FlagsOf(Protection protection)
        => (VmFlags)(int)(protection & (Protection.Read | Protection.Write | Protection.Execute));

    /// <summary>Whether the flags of an area permit to become what is asked for.</summary>
    internal static bool MayBecome(VmFlags area, VmFlags access)
        => (access & ~(VmFlags)((int)area >> 4) & VmFlags.Access) == VmFlags.None;
}
