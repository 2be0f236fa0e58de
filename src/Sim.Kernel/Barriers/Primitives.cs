using Sim.Machine.Memory;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Barriers;

/// <summary>The kernel's own words for the machine's operations.</summary>
public static class Primitives
{
    /// <summary>A load that the compiler may neither split nor repeat.</summary>
    public static LoadAwaiter<T> ReadOnce<T>(this Cpu cpu, Shared<T> cell)
        where T : unmanaged
        => cpu.Load(cell);

    /// <summary>A load of a pointer.</summary>
    public static LoadRefAwaiter<T> ReadOnce<T>(this Cpu cpu, SharedRef<T> cell)
        where T : MachineObject
        => cpu.Load(cell);

    /// <summary>A store that the compiler may neither split nor repeat.</summary>
    public static StoreAwaiter WriteOnce<T>(this Cpu cpu, Shared<T> cell, T value)
        where T : unmanaged
        => cpu.Store(cell, value);

    /// <summary>A store of a pointer.</summary>
    public static StoreRefAwaiter<T> WriteOnce<T>(this Cpu cpu, SharedRef<T> cell, T? value)
        where T : MachineObject
        => cpu.Store(cell, value);

    /// <summary>smp_mb(): orders everything before against everything after.</summary>
    public static FenceAwaiter SmpMb(this Cpu cpu, Site site) => cpu.Fence(site, FenceKind.Full);

    /// <summary>smp_rmb(): orders loads before against loads after.</summary>
    public static FenceAwaiter SmpRmb(this Cpu cpu, Site site) => cpu.Fence(site, FenceKind.Read);

    /// <summary>smp_wmb(): orders stores before against stores after.</summary>
    public static FenceAwaiter SmpWmb(this Cpu cpu, Site site) => cpu.Fence(site, FenceKind.Write);

    /// <summary>smp_read_barrier_depends(): orders a pointer's load against loads through it.</summary>
    public static FenceAwaiter ReadBarrierDepends(this Cpu cpu, Site site)
        => cpu.Fence(site, FenceKind.Depends);

    /// <summary>test_and_set_bit(): a locked instruction; answers what the word held.</summary>
    public static OperationAwaiter<T> TestAndSet<T>(this Cpu cpu, Shared<T> word, T bits)
        where T : unmanaged
        => cpu.Rmw(word, RmwKind.Or, bits);

    /// <summary>clear_bit(): a locked instruction on x86.</summary>
    public static OperationAwaiter<T> ClearBits<T>(this Cpu cpu, Shared<T> word, T bits)
        where T : unmanaged
        => cpu.Rmw(word, RmwKind.AndNot, bits, order: Ordering.NoReturn);
}
