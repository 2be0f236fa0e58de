using Sim.Kernel.Abi;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Memory;

/// <summary>An open file as mmap() sees it.</summary>
/// <param name="Pages">Its pages; the caller keeps a reference while it calls.</param>
/// <param name="Readable">FMODE_READ.</param>
/// <param name="Writable">FMODE_WRITE.</param>
[Immutable]
public readonly record struct MappedFile(MemoryObject? Pages, bool Readable = true, bool Writable = false);

/// <summary>mmap() and munmap(). Source: mm/mmap.c.</summary>
public static class Mmap
{
    /// <summary>MAP_TYPE.</summary>
    private const int TypeMask = 0xf;

    /// <summary>mmap(): maps anonymous memory or a part of a file.</summary>
    /// <param name="mm">The address space of the caller.</param>
    /// <param name="cpu">Who calls.</param>
    /// <param name="address">Where, with MAP_FIXED; otherwise a hint.</param>
    /// <param name="length">How many bytes; rounded up to pages.</param>
    /// <param name="protection">PROT_*.</param>
    /// <param name="flags">MAP_*.</param>
    /// <param name="file">The file; ignored with MAP_ANONYMOUS.</param>
    /// <param name="offset">Where in the file.</param>
    /// <remarks>
    /// Context: current, may sleep. Locks: none; takes mmap_sem.
    /// Returns: the address, or -EINVAL (length 0, an unaligned offset or fixed address, neither or both of shared
    /// and private, a growing file mapping), -ENOMEM (no room, too long, beyond TASK_SIZE, RLIMIT_AS, too many areas),
    /// -EOVERFLOW (the file offset), -EBADF (no file), -EACCES (the file is not open for that), -EPERM (too low).
    /// With MAP_FIXED what was mapped there is gone even if RLIMIT_AS then refuses the new mapping.
    /// Linux:   arch/x86/kernel/sys_x86_64.c sys_mmap(), mm/mmap.c do_mmap_pgoff().
    /// </remarks>
    public static async Op<long> Map(
        this MmStruct mm,
        Cpu cpu,
        ulong address,
        ulong length,
        Protection protection,
        MapFlags flags,
        MappedFile file = default,
        ulong offset = 0)
    {
        if (Paging.Offset(offset) != 0)
        {
            return -(long)Errno.EINVAL;
        }

        MemoryObject? pages = (flags & MapFlags.Anonymous) != MapFlags.None ? null : file.Pages;
        if ((flags & MapFlags.Anonymous) == MapFlags.None && pages is null)
        {
            return -(long)Errno.EBADF;
        }

        await mm.BeginChange(cpu);
        long result = Place(mm, mm.Areas.Get(cpu), address, length, flags, offset);
        if (result >= 0)
        {
            ulong size = Paging.Align(length);
            (VmFlags vmFlags, Errno error) = Flags(protection, flags, file with { Pages = pages });
            error = error == Errno.None && result < (long)Paging.MinimumAddress ? Errno.EPERM : error;
            result = error != Errno.None
                ? -(long)error
                : await MapRegion(mm, cpu, (ulong)result, size, vmFlags, pages, (long)(offset >> Paging.PageShift));
        }

        await mm.EndChange(cpu);
        return result;
    }

    /// <summary>munmap(): nothing is mapped in the range afterwards.</summary>
    /// <remarks>
    /// Context: current, may sleep. Locks: none; takes mmap_sem.
    /// Returns: EINVAL (unaligned, length 0, beyond TASK_SIZE), ENOMEM (cutting an area would make too many).
    /// Linux:   mm/mmap.c do_munmap().
    /// </remarks>
    public static async Op<Errno> Unmap(this MmStruct mm, Cpu cpu, ulong address, ulong length)
    {
        await mm.BeginChange(cpu);
        Errno result = await DoUnmap(mm, cpu, address, length);
        await mm.EndChange(cpu);
        return result;
    }

    /// <summary>do_munmap(), with mmap_sem held for writing.</summary>
    internal static async Op<Errno> DoUnmap(MmStruct mm, Cpu cpu, ulong start, ulong length)
    {
        if (Paging.Offset(start) != 0 || start > mm.TaskSize || length > mm.TaskSize - start ||
            Paging.Align(length) == 0)
        {
            return Errno.EINVAL;
        }

        VmAreaMap areas = mm.Areas.Get(cpu);
        ulong end = start + Paging.Align(length);
        if (areas.Find(start, end) is null)
        {
            return Errno.None;
        }

        if (areas.CountCut(start, end) > Paging.MaxMapCount)
        {
            return Errno.ENOMEM;
        }

        mm.Areas.Set(cpu, areas.Without(start, end));
        while (start < end && areas.Find(start, end) is { } area)
        {
            VmArea gone = area.Clip(start, end);
            await DropPages(mm, cpu, gone);
            start = gone.End;
        }

        return Errno.None;
    }

    /// <summary>exit_mmap(): the last user unmaps everything.</summary>
    /// <remarks>Context: may sleep. Locks: none; takes mmap_sem, which Linux need not.</remarks>
    internal static async Op ExitMmap(this MmStruct mm, Cpu cpu)
    {
        await mm.MmapSem.AcquireWrite(cpu);
        mm.Areas.Set(cpu, VmAreaMap.Empty);
        mm.Tlb?.Flush();
        while (mm.Memories.Count(cpu) > 0)
        {
            MemoryObject memory = mm.Memories.At(cpu, mm.Memories.Count(cpu) - 1);
            mm.Memories.Remove(cpu, memory);
            await memory.Put(cpu);
        }

        while (mm.Limbo.Count(cpu) > 0)
        {
            Page page = mm.Limbo.At(cpu, mm.Limbo.Count(cpu) - 1);
            mm.Limbo.Remove(cpu, page);
            await cpu.Free(page);
        }

        await mm.Anonymous.Put(cpu);
        await mm.MmapSem.ReleaseWrite(cpu);
    }

    /// <summary>Enters an area over anonymous memory or a file, whose place is free or may be taken.</summary>
    internal static async Op<long> MapRegion(
        MmStruct mm, Cpu cpu, ulong start, ulong length, VmFlags flags, MemoryObject? file, long index)
    {
        if (await DoUnmap(mm, cpu, start, length) != Errno.None ||
            !MapRules.MayExpand(mm.Areas.Get(cpu), mm.Limits.Get(cpu), length >> Paging.PageShift))
        {
            return -(long)Errno.ENOMEM;
        }

        MemoryObject memory = mm.Anonymous;
        if (file is not null && (flags & VmFlags.MayShare) != VmFlags.None)
        {
            memory = file;
            if (!Uses(mm, cpu, file))
            {
                await file.Get(cpu);
                mm.Memories.Add(cpu, file);
            }
        }
        else if (file is not null || (flags & VmFlags.MayShare) != VmFlags.None)
        {
            memory = file is null
                ? MemoryObject.SharedZeros(mm.Machine, mm.GivenLabel)
                : MemoryObject.Private(mm.Machine, file.GivenLabel, file.Content ?? Bytes.Empty);
            mm.Memories.Add(cpu, memory);
        }
        else
        {
            index = (long)(start >> Paging.PageShift);
        }

        mm.Areas.Set(cpu, mm.Areas.Get(cpu).With(new VmArea(start, start + length, flags, memory, index)));
        return (long)start;
    }

    /// <summary>The checks of do_mmap_pgoff() before the file is looked at, and get_unmapped_area().</summary>
    private static long Place(
        MmStruct mm, VmAreaMap areas, ulong address, ulong length, MapFlags flags, ulong offset)
    {
        if (length == 0)
        {
            return -(long)Errno.EINVAL;
        }

        ulong size = Paging.Align(length);
        if (size == 0 || size > mm.TaskSize)
        {
            return -(long)Errno.ENOMEM;
        }

        if (unchecked((offset >> Paging.PageShift) + (size >> Paging.PageShift)) < offset >> Paging.PageShift)
        {
            return -(long)Errno.EOVERFLOW;
        }

        if (areas.Count > Paging.MaxMapCount)
        {
            return -(long)Errno.ENOMEM;
        }

        if ((flags & MapFlags.Fixed) != MapFlags.None)
        {
            return address > mm.TaskSize - size ? -(long)Errno.ENOMEM
                : Paging.Offset(address) != 0 ? -(long)Errno.EINVAL
                : (long)address;
        }

        ulong hint = Paging.Floor(address);
        hint = hint != 0 && hint < Paging.MinimumAddress ? Paging.MinimumAddress : hint;
        return MapRules.FindGap(areas, mm.MmapBase, mm.TaskSize, hint, size) is { } found ? (long)found : -(long)Errno.ENOMEM;
    }

    /// <summary>The flags of the new area, or why it may not be.</summary>
    private static (VmFlags Flags, Errno Error) Flags(Protection protection, MapFlags flags, MappedFile file)
    {
        VmFlags result = MapRules.FlagsOf(protection) | VmFlags.MayAccess;
        result |= (flags & MapFlags.GrowsDown) != MapFlags.None ? VmFlags.GrowsDown : VmFlags.None;
        var type = (MapFlags)((int)flags & TypeMask);
        if (type is not (MapFlags.Shared or MapFlags.Private))
        {
            return (VmFlags.None, Errno.EINVAL);
        }

        bool shared = type == MapFlags.Shared;
        result |= shared ? VmFlags.Shared | VmFlags.MayShare : VmFlags.None;
        if (file.Pages is null)
        {
            return (result, Errno.None);
        }

        if ((shared && (protection & Protection.Write) != Protection.None && !file.Writable) || !file.Readable)
        {
            return (VmFlags.None, Errno.EACCES);
        }

        if (shared && !file.Writable)
        {
            result &= ~(VmFlags.MayWrite | VmFlags.Shared);
        }

        return (result, (flags & MapFlags.GrowsDown) != MapFlags.None ? Errno.EINVAL : Errno.None);
    }

    private static bool Uses(MmStruct mm, Cpu cpu, MemoryObject memory)
    {
        for (int i = 0; i < mm.Memories.Count(cpu); i++)
        {
            if (ReferenceEquals(mm.Memories.At(cpu, i), memory))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Gives up what stood behind a part of an area. Once the address space was shared, another
    /// thread may be on its way to a page: such pages stay until the address space ends.
    /// </summary>
    private static async Op DropPages(MmStruct mm, Cpu cpu, VmArea gone)
    {
        MemoryObject memory = gone.Memory;
        bool shared = mm.EverShared.Get(cpu) && !cpu.Machine.IsDirect;
        if (!memory.IsShared && shared)
        {
            while (memory.TakePage(gone.Index, gone.IndexOf(gone.End)) is { } page)
            {
                mm.Limbo.Add(cpu, page);
            }
        }
        else if (!memory.IsShared)
        {
            await memory.FreePages(cpu, gone.Index, gone.IndexOf(gone.End));
        }

        if (!ReferenceEquals(memory, mm.Anonymous) && !shared && !mm.Areas.Get(cpu).Uses(memory) &&
            mm.Memories.Remove(cpu, memory))
        {
            await memory.Put(cpu);
        }
    }
}
