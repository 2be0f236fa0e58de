using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Syscalls;

/// <summary>How system calls copy their arguments: all of it or nothing.</summary>
/// <remarks>
/// Context: current, with no lock held; may sleep. A task without an address space has no good pointers.
/// Another thread may unmap the memory between the look and the copy; then a part may have been written.
/// </remarks>
internal static class UserBuffers
{
    /// <summary>Reads a structure; null for EFAULT.</summary>
    internal static async Op<Bytes?> FromUser(this Cpu cpu, long address, int count)
    {
        if (cpu.Task().Mm.Get(cpu) is not { } mm)
        {
            return null;
        }

        CopiedBytes read = await mm.CopyFromUser(cpu, (ulong)address, count);
        return read.NotCopied == 0 ? read.Copied : null;
    }

    /// <summary>Writes a structure; nothing of it when it cannot all be written.</summary>
    /// <returns>0 or -EFAULT.</returns>
    internal static async Op<long> ToUser(this Cpu cpu, long address, Bytes bytes)
        => await cpu.CanWrite(address, bytes.Length) &&
            await cpu.Task().Mm.Get(cpu)!.CopyToUser(cpu, (ulong)address, bytes) == 0
            ? 0
            : -(long)Errno.EFAULT;

    /// <summary>As <see cref="ToUser"/>, for a caller that may not want it.</summary>
    internal static Op<long> ToUserIfAsked(this Cpu cpu, long address, Bytes bytes)
        => address == 0 ? Op<long>.Of(0) : cpu.ToUser(address, bytes);

    /// <summary>As <see cref="CanWrite"/>, for a caller that may not want it.</summary>
    internal static Op<bool> CanWriteIfAsked(this Cpu cpu, long address, int count)
        => address == 0 ? Op<bool>.Of(true) : cpu.CanWrite(address, count);

    /// <summary>Whether all of a range can be written: asked before anything is done that cannot be taken back.</summary>
    internal static async Op<bool> CanWrite(this Cpu cpu, long address, int count)
    {
        ulong at = (ulong)address;
        if (cpu.Task().Mm.Get(cpu) is not { } mm || !Paging.IsUserRange(at, (ulong)count))
        {
            return false;
        }

        ulong end = at + (ulong)count;
        while (at < end)
        {
            if ((await mm.ReachPage(cpu, at, AccessKind.Write, 0)).Page is null)
            {
                return false;
            }

            at = Paging.Floor(at) + Paging.PageSize;
        }

        return true;
    }

    /// <summary>Reads a path.</summary>
    internal static async Op<(Bytes Text, Errno Error)> PathFromUser(this Cpu cpu, long address)
    {
        const int PathMax = 4096;
        if (cpu.Task().Mm.Get(cpu) is not { } mm)
        {
            return (Bytes.Empty, Errno.EFAULT);
        }

        (Bytes text, Errno error) = await mm.CopyText(cpu, (ulong)address, PathMax);
        if (error != Errno.None)
        {
            return (text, error);
        }

        return (text, text.Length switch { 0 => Errno.ENOENT, PathMax => Errno.ENAMETOOLONG, _ => Errno.None });
    }
}
