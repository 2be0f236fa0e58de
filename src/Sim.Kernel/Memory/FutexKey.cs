using Sim.Kernel.Abi;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Memory;

/// <summary>
/// What a futex is: the same word of memory has the same key, whatever address it has for whom. Linux:
/// union futex_key.
/// </summary>
/// <param name="Memory">The address space of a private futex, the memory of a shared one.</param>
/// <param name="Offset">The address in the address space, or the byte in the memory.</param>
/// <param name="IsShared">Whether other processes can have the same.</param>
public readonly record struct FutexKey(long Memory, ulong Offset, bool IsShared);

/// <summary>Finds the key of a futex. Source: kernel/futex.c get_futex_key().</summary>
public static class FutexKeys
{
    /// <summary>The key of the futex at an address.</summary>
    /// <param name="mm">The address space of the caller.</param>
    /// <param name="cpu">Who asks.</param>
    /// <param name="address">The address of the 32-bit word.</param>
    /// <param name="isPrivate">FUTEX_PRIVATE_FLAG: the caller promises that no other process waits there; nothing is looked up.</param>
    /// <param name="write">Whether the word will be written (VERIFY_WRITE).</param>
    /// <remarks>
    /// Context: current, may sleep. Locks: none.
    /// Returns: the key; EINVAL (unaligned) or EFAULT (not user memory, or not there).
    /// Linux:   kernel/futex.c get_futex_key(). Linux keeps the inode or the address space alive with the key; here
    /// the waiter's own mapping does.
    /// </remarks>
    public static async Op<(FutexKey Key, Errno Error)> FutexKey(
        this MmStruct mm, Cpu cpu, ulong address, bool isPrivate, bool write = false)
    {
        if (address % 4 != 0)
        {
            return (default, Errno.EINVAL);
        }

        if (!Paging.IsUserRange(address, 4))
        {
            return (default, Errno.EFAULT);
        }

        if (isPrivate)
        {
            return (new FutexKey(mm.Id, address, false), Errno.None);
        }

        Reach reach = await mm.ReachPage(cpu, address, write ? AccessKind.Write : AccessKind.Read, 0);
        if (reach.Page is null)
        {
            return (default, Errno.EFAULT);
        }

        // The walk is over and no step was taken since: the area is still there.
        VmArea area = mm.Areas.Peek.Find(address)!;
        return area.Memory.IsShared
            ? (new FutexKey(area.Memory.Id, ((ulong)area.IndexOf(address) << Paging.PageShift) + Paging.Offset(address), true), Errno.None)
            : (new FutexKey(mm.Id, address, false), Errno.None);
    }
}
