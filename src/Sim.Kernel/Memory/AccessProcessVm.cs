using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Memory;

/// <summary>
/// A tracer reads and writes the memory of another process, with FOLL_FORCE: what an area may become
/// counts, not what it is. Source: mm/memory.c access_process_vm().
/// </summary>
/// <remarks>
/// Context: may sleep; the caller holds a user reference (<see cref="MmStruct.MmGet"/>) and the process
/// is stopped or may race. Locks: none; takes mmap_sem for reading, for as long as it copies.
/// Unlike Linux, a forced write to a read-only shared mapping whose file is writable changes the shared page.
/// </remarks>
public static class AccessProcessVm
{
    /// <summary>PTRACE_PEEK: reads up to the first byte that is not there.</summary>
    /// <returns>The bytes that are there, from the first on.</returns>
    public static async Op<Bytes> ReadProcess(this MmStruct mm, Cpu cpu, ulong address, int count)
    {
        Bytes read = Bytes.Empty;
        await mm.MmapSem.AcquireRead(cpu);
        while (read.Length < count)
        {
            ulong from = unchecked(address + (ulong)read.Length);
            Page? page = await Follow(mm, cpu, from, AccessKind.Read);
            if (page is null)
            {
                break;
            }

            int left = count - read.Length;
            if (cpu.Machine.IsDirect)
            {
                read = read.With(UserCopy.PlainBytes(page.Words.Plain, from, left));
            }
            else
            {
                int part = UserCopy.PartOf(from, left);
                read = read.With(await UserAccess.LoadWord(cpu, page, from, part), part);
            }
        }

        await mm.MmapSem.ReleaseRead(cpu);
        return read;
    }

    /// <summary>PTRACE_POKE: writes up to the first byte that is not there.</summary>
    /// <returns>How many bytes were written.</returns>
    public static async Op<int> WriteProcess(this MmStruct mm, Cpu cpu, ulong address, Bytes bytes)
    {
        int done = 0;
        await mm.MmapSem.AcquireRead(cpu);
        while (done < bytes.Length)
        {
            ulong to = unchecked(address + (ulong)done);
            Page? page = await Follow(mm, cpu, to, AccessKind.Write);
            if (page is null)
            {
                break;
            }

            if (cpu.Machine.IsDirect)
            {
                done += UserCopy.WritePlain(page, to, bytes.Span[done..]);
            }
            else
            {
                int part = UserCopy.PartOf(to, bytes.Length - done);
                await UserAccess.StoreWord(cpu, page, to, part, bytes.Word(done, part));
                done += part;
            }
        }

        await mm.MmapSem.ReleaseRead(cpu);
        return done;
    }

    /// <summary>get_user_pages() of one page; null when it cannot be had. mmap_sem is held on return too.</summary>
    private static async Op<Page?> Follow(MmStruct mm, Cpu cpu, ulong address, AccessKind access)
    {
        while (true)
        {
            if (PageFault.TryReach(mm, mm.Areas.Get(cpu), address, access, out Reach reach, force: true))
            {
                return reach.Page;
            }

            await mm.MmapSem.ReleaseRead(cpu);
            bool grown = await PageFault.GrowStack(mm, cpu, address);
            await mm.MmapSem.AcquireRead(cpu);
            if (!grown)
            {
                return null;
            }
        }
    }
}
