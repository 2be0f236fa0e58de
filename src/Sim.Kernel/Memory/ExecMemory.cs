using Sim.Kernel.Abi;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Memory;

/// <summary>
/// Fills the new address space of exec(), before the caller swaps it in (exec_mmap()). Segments are
/// mapped with <see cref="Mmap.Map"/> and MAP_FIXED, the heap is placed with <see cref="Heap.SetStartBrk"/>.
/// </summary>
public static class ExecMemory
{
    /// <summary>EXTRA_STACK_VM_PAGES.</summary>
    private const ulong RoomBelow = 20 * Paging.PageSize;

    /// <summary>setup_arg_pages() and create_elf_tables(): maps the stack at the top of user space and fills it.</summary>
    /// <param name="mm">The new address space.</param>
    /// <param name="cpu">Who executes the new program.</param>
    /// <param name="image">What the program finds; laid out for the end of the address space.</param>
    /// <remarks>
    /// Context: may sleep. Locks: none; takes mmap_sem.
    /// Returns: E2BIG when the texts need more than a quarter of RLIMIT_STACK; ENOMEM, EFAULT.
    /// </remarks>
    public static async Op<Errno> SetUpStack(this MmStruct mm, Cpu cpu, StackImage image)
    {
        ulong limit = mm.Limits.Peek.Stack;
        ulong start = Paging.Floor(image.StackPointer);
        ulong used = mm.TaskSize - start;
        if (used > limit / 4 && used > 32 * Paging.PageSize)
        {
            return Errno.E2BIG;
        }

        ulong size = Math.Max(used, Math.Min(used + RoomBelow, Paging.Floor(limit)));
        Protection protection = Protection.Read | Protection.Write | (image.IsExecutable ? Protection.Execute : Protection.None);
        long mapped = await mm.Map(
            cpu,
            mm.TaskSize - size,
            size,
            protection,
            MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed | MapFlags.GrowsDown);
        if (mapped < 0)
        {
            return (Errno)(-mapped);
        }

        return await mm.CopyToUser(cpu, image.StackPointer, image.Content) == 0 ? Errno.None : Errno.EFAULT;
    }
}
