using Sim.Kernel.Abi;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Memory;

/// <summary>mprotect(). Source: mm/mprotect.c.</summary>
public static class Mprotect
{
    private const Protection Valid =
        Protection.Read | Protection.Write | Protection.Execute | Protection.Semaphore;

    /// <summary>Changes what may be done with a range.</summary>
    /// <param name="mm">The address space of the caller.</param>
    /// <param name="cpu">Who calls.</param>
    /// <param name="start">A page.</param>
    /// <param name="length">How many bytes; rounded up to pages; 0 changes nothing.</param>
    /// <param name="protection">PROT_*; with PROT_GROWSDOWN the range begins with the growing area it meets.</param>
    /// <remarks>
    /// Context: current, may sleep. Locks: none; takes mmap_sem.
    /// Returns: EINVAL (unaligned, unknown bits, both directions of growth, not a growing area), ENOMEM (a hole, overflow,
    /// too many areas), EACCES (the file is not open for that). What lies before the hole or the area that
    /// refuses is changed all the same.
    /// Linux:   mm/mprotect.c sys_mprotect().
    /// </remarks>
    public static async Op<Errno> Protect(
        this MmStruct mm, Cpu cpu, ulong start, ulong length, Protection protection)
    {
        Protection grows = protection & (Protection.GrowsDown | Protection.GrowsUp);
        Protection access = protection & ~grows;
        if (grows == (Protection.GrowsDown | Protection.GrowsUp) || Paging.Offset(start) != 0)
        {
            return Errno.EINVAL;
        }

        if (length == 0)
        {
            return Errno.None;
        }

        ulong end = unchecked(start + Paging.Align(length));
        if (end <= start)
        {
            return Errno.ENOMEM;
        }

        if ((access & ~Valid) != Protection.None)
        {
            return Errno.EINVAL;
        }

        await mm.BeginChange(cpu);
        (VmAreaMap areas, Errno result) = Change(mm.Areas.Get(cpu), start, end, MapRules.FlagsOf(access), grows);
        mm.Areas.Set(cpu, areas);
        await mm.EndChange(cpu);
        return result;
    }

    private static (VmAreaMap Areas, Errno Error) Change(
        VmAreaMap areas, ulong start, ulong end, VmFlags access, Protection grows)
    {
        VmArea? area = areas.Find(start);
        if (area is null)
        {
            return (areas, Errno.ENOMEM);
        }

        if (grows == Protection.GrowsDown)
        {
            if (area.Start >= end)
            {
                return (areas, Errno.ENOMEM);
            }

            start = area.Start;
            if ((area.Flags & VmFlags.GrowsDown) == VmFlags.None)
            {
                return (areas, Errno.EINVAL);
            }
        }
        else if (area.Start > start)
        {
            return (areas, Errno.ENOMEM);
        }
        else if (grows == Protection.GrowsUp)
        {
            return (areas, Errno.EINVAL);
        }

        while (start < end)
        {
            area = areas.Find(start);
            if (area is null || area.Start > start)
            {
                return (areas, Errno.ENOMEM);
            }

            if (!MapRules.MayBecome(area.Flags, access))
            {
                return (areas, Errno.EACCES);
            }

            ulong next = Math.Min(area.End, end);
            if (areas.CountCut(start, next) > Paging.MaxMapCount)
            {
                return (areas, Errno.ENOMEM);
            }

            areas = areas.WithFlags(start, next, access);
            start = next;
        }

        return (areas, Errno.None);
    }
}
