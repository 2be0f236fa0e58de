using System.Collections.Immutable;
using Sim.Arch;
using Sim.Arch.Abi;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Memory;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Kernel.Syscalls.SystemCall;

namespace Sim.Kernel.Syscalls;

/// <summary>Calls about resource limits. Source: kernel/sys.c.</summary>
internal static class LimitCalls
{
    /// <summary>sysctl_nr_open: RLIMIT_NOFILE cannot be higher, whoever asks.</summary>
    private const ulong NrOpen = 1 << 20;

    /// <summary>RLIM_INFINITY of a 32-bit program.</summary>
    private const ulong NarrowInfinity = uint.MaxValue;

    internal static ImmutableArray<SystemCall> List { get; } =
    [
        Full("getrlimit", (cpu, a) => Get(cpu, a, isOld: a.Layout.WordSize == 4), "B"),
        Full("ugetrlimit", (cpu, a) => Get(cpu, a, isOld: false), "B"),
        Partial(
            "setrlimit",
            Set,
            "CPU, FSIZE, RSS, MEMLOCK, LOCKS, MSGQUEUE, NICE, RTPRIO and RTTIME are kept and not enforced",
            "B"),
    ];

    /// <summary>sys_getrlimit(), and sys_old_getrlimit(), which knows no more than 31 bits.</summary>
    private static async Op<long> Get(Cpu cpu, SyscallArguments a, bool isOld)
    {
        if ((ulong)a.A >= ResourceLimits.Count)
        {
            return -(long)Errno.EINVAL;
        }

        ResourceLimit limit = (await cpu.ReadOnce(cpu.Task().Signal.Limits))![(Resource)a.A];
        return await cpu.ToUser(a.B, ImageOf(a.Numbering, limit, isOld));
    }

    private static Bytes ImageOf(SyscallNumbering numbering, ResourceLimit limit, bool isOld)
    {
        StructLayout layout = StructLayouts.Rlimit(numbering);
        ulong most = isOld ? int.MaxValue : layout.Size == 8 ? NarrowInfinity : ResourceLimit.Infinity;
        Span<byte> image = stackalloc byte[layout.Size];
        layout.Put(image, "rlim_cur", Math.Min(limit.Soft, most));
        layout.Put(image, "rlim_max", Math.Min(limit.Hard, most));
        return Bytes.Of(image);
    }

    /// <summary>sys_setrlimit().</summary>
    private static async Op<long> Set(Cpu cpu, SyscallArguments a)
    {
        if ((ulong)a.A >= ResourceLimits.Count)
        {
            return -(long)Errno.EINVAL;
        }

        if (await cpu.FromUser(a.B, StructLayouts.Rlimit(a.Numbering).Size) is not { } image)
        {
            return -(long)Errno.EFAULT;
        }

        ResourceLimit wanted = LimitIn(a.Numbering, image);
        var resource = (Resource)a.A;
        TaskStruct task = cpu.Task();
        if (wanted.Soft > wanted.Hard)
        {
            return -(long)Errno.EINVAL;
        }

        ResourceLimit old = (await cpu.ReadOnce(task.Signal.Limits))![resource];
        if ((wanted.Hard > old.Hard && !task.Kernel.Options.RaisesLimits) ||
            (resource == Resource.Nofile && wanted.Hard > NrOpen))
        {
            return -(long)Errno.EPERM;
        }

        await Change(cpu, task, resource, wanted);
        return 0;
    }

    private static ResourceLimit LimitIn(SyscallNumbering numbering, Bytes image)
    {
        StructLayout layout = StructLayouts.Rlimit(numbering);
        return new ResourceLimit(
            Widened(layout, layout.Get(image.Span, "rlim_cur")), Widened(layout, layout.Get(image.Span, "rlim_max")));
    }

    private static ulong Widened(StructLayout layout, ulong value)
        => layout.Size == 8 && value == NarrowInfinity ? ResourceLimit.Infinity : value;

    /// <summary>
    /// Changes one limit. 2.6.32 changes it under task_lock() of the leader and takes what it holds elsewhere without
    /// a lock; the address space here has its own copy, under mmap_sem.
    /// </summary>
    private static async Op Change(Cpu cpu, TaskStruct task, Resource resource, ResourceLimit wanted)
    {
        TaskStruct leader = task.GroupLeader.Get(cpu)!;
        await leader.AllocLock.Acquire(cpu);
        ResourceLimits old = (await cpu.ReadOnce(task.Signal.Limits))!;
        await cpu.WriteOnce(task.Signal.Limits, old.With(resource, wanted));
        await leader.AllocLock.Release(cpu);
        if ((resource is Resource.Stack or Resource.Data or Resource.As) && task.Mm.Get(cpu) is { } mm)
        {
            await mm.SetLimit(cpu, resource, wanted.Soft);
        }
    }
}
