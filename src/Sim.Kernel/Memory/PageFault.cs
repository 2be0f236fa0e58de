using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Memory;

/// <summary>Where an access leads.</summary>
/// <param name="Page">The page; null when the access fails.</param>
/// <param name="Fault">Why it fails.</param>
internal readonly record struct Reach(Page? Page, FaultCode Fault);

/// <summary>From an address to its page. Source: arch/x86/mm/fault.c do_page_fault(), mm/mmap.c.</summary>
internal static class PageFault
{
    /// <summary>Walks to a page for an access of user mode or of the kernel in place of it, growing the stack.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="cpu">Who accesses; uses the address space and does not hold mmap_sem.</param>
    /// <param name="address">Any address in the page.</param>
    /// <param name="access">What for.</param>
    /// <param name="sp">The stack pointer of user mode; 0 for the kernel, which may grow a stack by any amount.</param>
    internal static async Op<Reach> ReachPage(this MmStruct mm, Cpu cpu, ulong address, AccessKind access, ulong sp)
    {
        while (true)
        {
            bool shared = mm.EverShared.Get(cpu);
            if (shared && (await cpu.Load(mm.Walk) & MmStruct.Changing) != 0)
            {
                await mm.MmapSem.AcquireRead(cpu);
                await mm.MmapSem.ReleaseRead(cpu);
                continue;
            }

            // Whoever changes the map is ordered before or after the step that ended just now.
            VmAreaMap areas = shared ? mm.Areas.Peek : mm.Areas.GetOrdered(cpu);
            if (!TryReach(mm, areas, address, access, out Reach reach))
            {
                if (unchecked(address + Paging.StackSlack) < sp || !await GrowStack(mm, cpu, address))
                {
                    return new Reach(null, FaultCode.MapError);
                }

                continue;
            }

            return reach;
        }
    }

    /// <summary>Finds the page of an address, or why it may not be accessed; false when a stack has to grow first.</summary>
    internal static bool TryReach(
        MmStruct mm, VmAreaMap areas, ulong address, AccessKind access, out Reach reach, bool force = false)
    {
        if (address >= Paging.TaskSize)
        {
            bool isKernel = address >= 0xFFFF_8000_0000_0000UL || address < 1UL << 47;
            reach = new Reach(null, isKernel ? FaultCode.MapError : FaultCode.NotCanonical);
            return true;
        }

        VmArea? area = areas.Find(address);
        if (area is null || address < area.Start)
        {
            reach = new Reach(null, FaultCode.MapError);
            return area is null || (area.Flags & VmFlags.GrowsDown) == VmFlags.None;
        }

        bool permitted = force ? PermitsForced(area.Flags, access) : Permits(area.Flags, access);
        reach = permitted
            ? Touch(mm, area, address, access == AccessKind.Write)
            : new Reach(null, FaultCode.AccessError);
        return true;
    }

    /// <summary>
    /// expand_stack(): makes the area above an address begin at its page. It counts against RLIMIT_STACK
    /// and RLIMIT_AS.
    /// </summary>
    /// <remarks>
    /// Context: may sleep. Locks: none; takes mmap_sem for writing, where Linux takes it for reading and
    /// the area's own lock.
    /// Returns: false when it must not grow or there is nothing to grow.
    /// </remarks>
    internal static async Op<bool> GrowStack(MmStruct mm, Cpu cpu, ulong address)
    {
        await mm.BeginChange(cpu);
        VmAreaMap areas = mm.Areas.Get(cpu);
        VmAreaMap? grown = Grown(areas, mm.Limits.Get(cpu), Paging.Floor(address));
        if (grown is not null)
        {
            mm.Areas.Set(cpu, grown);
        }

        await mm.EndChange(cpu);
        return grown is not null;
    }

    private static VmAreaMap? Grown(VmAreaMap areas, MemoryLimits limits, ulong start)
    {
        VmArea? area = areas.Find(start);
        if (area is null || (area.Flags & VmFlags.GrowsDown) == VmFlags.None || start < Paging.MinimumAddress)
        {
            return null;
        }

        if (area.Start <= start)
        {
            return areas;
        }

        ulong pages = (area.Start - start) >> Paging.PageShift;
        return area.End - start > limits.Stack || !MapRules.MayExpand(areas, limits, pages)
            ? null
            : areas.Grown(area, area with { Start = start, Index = area.Index - (long)pages });
    }

    /// <summary>x86: a page that may be accessed at all may be read.</summary>
    private static bool Permits(VmFlags flags, AccessKind access) => access switch
    {
        AccessKind.Read => (flags & VmFlags.Access) != VmFlags.None,
        AccessKind.Write => (flags & VmFlags.Write) != VmFlags.None,
        AccessKind.Execute => (flags & VmFlags.Execute) != VmFlags.None,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>FOLL_FORCE: what the area may become counts, not what it is.</summary>
    private static bool PermitsForced(VmFlags flags, AccessKind access)
        => (flags & (access == AccessKind.Write ? VmFlags.MayWrite : VmFlags.MayRead)) != VmFlags.None;

    private static Reach Touch(MmStruct mm, VmArea area, ulong address, bool write)
    {
        long index = area.IndexOf(address);
        if (!area.Memory.Has(index))
        {
            return new Reach(null, FaultCode.BusError);
        }

        Page page = write ? area.Memory.WritablePageAt(index) : area.Memory.PageAt(index);
        bool writable = page.References == 1 && (area.Flags & VmFlags.Write) != VmFlags.None;
        mm.Tlb?.Enter(address, page.Words.Plain, writable, readable: (area.Flags & VmFlags.Access) != VmFlags.None);
        return new Reach(page, FaultCode.None);
    }
}
