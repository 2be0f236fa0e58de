using System.Buffers.Binary;
using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Kernel.Futex;
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
    private const int FutexRequeues = 3;
    private const int FutexCmpRequeue = 4;
    private const int FutexWaitBitset = 9;
    private const int FutexWakeBitset = 10;
    private const int FutexPrivate = 0x80;
    private const int FutexClockRealtime = 0x100;

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
        Partial("futex", Futex, "waiting and waking, also with a bitset, and requeuing; others answer ENOSYS", "A"),
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
    private static uint InMemory(SyscallArguments a, long value)
        => a.Layout.IsBigEndian ? BinaryPrimitives.ReverseEndianness((uint)value) : (uint)value;

    private static async Op<long> Futex(Cpu cpu, SyscallArguments a)
    {
        bool isPrivate = (a.B & FutexPrivate) != 0;
        bool isRealtime = (a.B & FutexClockRealtime) != 0;
        int command = (int)a.B & ~(FutexPrivate | FutexClockRealtime);
        FutexPath futex = cpu.Task().Kernel.Futex;
        bool hasBitset = command is FutexWaitBitset or FutexWakeBitset;
        uint bitset = hasBitset ? (uint)a.F : FutexPath.AnyBit;
        if (isRealtime && command != FutexWaitBitset)
        {
            return -(long)Errno.ENOSYS;
        }

        if (command is FutexWait or FutexWaitBitset)
        {
            (long expires, Errno error) = await FutexExpiry(cpu, a, isAbsolute: hasBitset, isRealtime);
            return error != Errno.None ? -(long)error
                : bitset == 0 ? -(long)Errno.EINVAL
                : await futex.Wait(cpu, (ulong)a.A, InMemory(a, a.C), expires, isPrivate, bitset);
        }

        if (command is FutexRequeues or FutexCmpRequeue)
        {
            var request = new FutexRequeue(
                (ulong)a.A, (ulong)a.E, (int)a.C, (int)a.D, command == FutexCmpRequeue, InMemory(a, a.F));
            return await futex.Requeue(cpu, request, isPrivate);
        }

        return command is not (FutexWake or FutexWakeBitset) ? -(long)Errno.ENOSYS
            : bitset == 0 ? -(long)Errno.EINVAL
            : await futex.Wake(cpu, (ulong)a.A, (int)a.C, isPrivate, bitset);
    }

    /// <summary>When to give up: from now on, or with a bitset at a time of one of the clocks.</summary>
    private static async Op<(long Expires, Errno Error)> FutexExpiry(
        Cpu cpu, SyscallArguments a, bool isAbsolute, bool isRealtime)
    {
        if (a.D == 0)
        {
            return (Timekeeper.Never, Errno.None);
        }

        if (await cpu.FromUser(a.D, a.Layout.TimeSize) is not { } timeout)
        {
            return (0, Errno.EFAULT);
        }

        long wait = a.Layout.Nanoseconds(timeout);
        if (wait < 0)
        {
            return (0, Errno.EINVAL);
        }

        const long Second = 1_000_000_000;
        return isAbsolute
            ? (Math.Max(0, wait - (isRealtime ? Timekeeper.BootSeconds * Second : 0)), Errno.None)
            : (await cpu.Task().Kernel.Clock.After(cpu, wait), Errno.None);
    }
}
