using System.Buffers.Binary;
using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Kernel.Time;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Kernel.Syscalls.SystemCall;

namespace Sim.Kernel.Syscalls;

/// <summary>Calls about the address space, and futexes. Source: mm/mmap.c, mm/mprotect.c, kernel/futex.c.</summary>
internal static class MemoryCalls
{
    private const int FutexWait = 0;
    private const int FutexWake = 1;
    private const int FutexPrivate = 0x80;

    internal static ImmutableArray<SystemCall> List { get; } =
    [
        Partial("mmap", Map, "anonymous memory"),
        Full("munmap", async (cpu, a) => cpu.Task().Mm.Get(cpu) is { } mm
            ? -(long)await mm.Unmap(cpu, (ulong)a.A, (ulong)a.B)
            : -(long)Errno.EINVAL),
        Full("mprotect", async (cpu, a) => cpu.Task().Mm.Get(cpu) is { } mm
            ? -(long)await mm.Protect(cpu, (ulong)a.A, (ulong)a.B, (Protection)a.C)
            : -(long)Errno.ENOMEM),
        Full("brk", async (cpu, a) => cpu.Task().Mm.Get(cpu) is { } mm ? (long)await mm.SetBrk(cpu, (ulong)a.A) : 0),
        Partial("futex", Futex, "FUTEX_WAIT and FUTEX_WAKE; others answer ENOSYS", "A"),
    ];

    private static async Op<long> Map(Cpu cpu, SyscallArguments a)
    {
        var flags = (MapFlags)a.D;
        if (cpu.Task().Mm.Get(cpu) is not { } mm)
        {
            return -(long)Errno.ENOMEM;
        }

        // A file of this file system cannot be mapped: ENODEV.
        const long NoDevice = -19;
        if ((flags & MapFlags.Anonymous) == MapFlags.None && cpu.Task().Files.Get(cpu) is { } files &&
            await files.Fget(cpu, (int)a.E) is { } file)
        {
            await file.Put(cpu);
            return NoDevice;
        }

        return await mm.Map(
            cpu, (ulong)a.A, (ulong)a.B, (Protection)a.C, flags, default, (ulong)a.F);
    }

    /// <summary>The value as the bytes in memory are read: the least significant first.</summary>
    private static uint InMemory(SyscallArguments a)
        => a.Layout.IsBigEndian ? BinaryPrimitives.ReverseEndianness((uint)a.C) : (uint)a.C;

    private static async Op<long> Futex(Cpu cpu, SyscallArguments a)
    {
        int command = (int)a.B;
        bool isPrivate = (command & FutexPrivate) != 0;
        LinuxKernel kernel = cpu.Task().Kernel;
        switch (command & ~FutexPrivate)
        {
            case FutexWait:
                long expires = Timekeeper.Never;
                if (a.D != 0)
                {
                    if (await cpu.FromUser(a.D, a.Layout.TimeSize) is not { } timeout)
                    {
                        return -(long)Errno.EFAULT;
                    }

                    long wait = a.Layout.Nanoseconds(timeout);
                    if (wait < 0)
                    {
                        return -(long)Errno.EINVAL;
                    }

                    expires = await kernel.Clock.After(cpu, wait);
                }

                return await kernel.Futex.Wait(cpu, (ulong)a.A, InMemory(a), expires, isPrivate);
            case FutexWake:
                return await kernel.Futex.Wake(cpu, (ulong)a.A, (int)a.C, isPrivate);
            default:
                return -(long)Errno.ENOSYS;
        }
    }
}
