using Sim.Kernel.Abi;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Memory;

/// <summary>brk(). Source: mm/mmap.c.</summary>
public static class Heap
{
    /// <summary>Moves the end of the heap.</summary>
    /// <param name="mm">The address space of the caller.</param>
    /// <param name="cpu">Who calls.</param>
    /// <param name="end">Where the heap shall end.</param>
    /// <remarks>
    /// Context: current, may sleep. Locks: none; takes mmap_sem.
    /// Returns: where the heap ends now: <paramref name="end"/>, or where it ended before when that cannot be (below its
    /// beginning, RLIMIT_DATA, RLIMIT_AS, something is mapped there or in the page behind it).
    /// Linux:   mm/mmap.c sys_brk().
    /// </remarks>
    public static async Op<ulong> SetBrk(this MmStruct mm, Cpu cpu, ulong end)
    {
        await mm.BeginChange(cpu);
        if (await CanMove(mm, cpu, end))
        {
            mm.Brk.Set(cpu, end);
        }

        ulong result = mm.Brk.Get(cpu);
        await mm.EndChange(cpu);
        return result;
    }

    /// <summary>Where the heap of a new program begins, behind its data.</summary>
    /// <param name="mm">An address space that is being set up.</param>
    /// <param name="cpu">Who sets it up.</param>
    /// <param name="start">start_brk.</param>
    /// <param name="dataBytes">end_data - start_data.</param>
    /// <remarks>Linux: fs/binfmt_elf.c set_brk().</remarks>
    public static async Op SetStartBrk(this MmStruct mm, Cpu cpu, ulong start, ulong dataBytes = 0)
    {
        await mm.MmapSem.AcquireWrite(cpu);
        mm.StartBrk.Set(cpu, start);
        mm.Brk.Set(cpu, start);
        mm.DataBytes.Set(cpu, dataBytes);
        await mm.MmapSem.ReleaseWrite(cpu);
    }

    private static async Op<bool> CanMove(MmStruct mm, Cpu cpu, ulong end)
    {
        ulong start = mm.StartBrk.Get(cpu);
        ulong before = mm.Brk.Get(cpu);
        ulong limit = mm.Limits.Get(cpu).Data;
        if (end < start || (limit != MemoryLimits.Infinity && end - start + mm.DataBytes.Get(cpu) > limit))
        {
            return false;
        }

        ulong newEnd = Paging.Align(end);
        ulong oldEnd = Paging.Align(before);
        if (newEnd == oldEnd)
        {
            return true;
        }

        if (end <= before)
        {
            return await Mmap.DoUnmap(mm, cpu, newEnd, oldEnd - newEnd) == Errno.None;
        }

        VmAreaMap areas = mm.Areas.Get(cpu);
        if (newEnd < end || newEnd > mm.TaskSize || areas.Find(oldEnd, newEnd + Paging.PageSize) is not null ||
            areas.Count > Paging.MaxMapCount)
        {
            return false;
        }

        // Linux: do_brk(), with VM_DATA_DEFAULT_FLAGS of a program whose stack need not be executable.
        VmFlags flags = VmFlags.Read | VmFlags.Write | VmFlags.MayAccess;
        return await Mmap.MapRegion(mm, cpu, oldEnd, newEnd - oldEnd, flags, null, 0) >= 0;
    }
}
