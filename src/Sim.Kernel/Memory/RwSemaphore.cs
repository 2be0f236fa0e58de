using Sim.Kernel.Locking;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Memory;

/// <summary>
/// A reader-writer semaphore: as many readers as like, or one writer; who has to wait sleeps. Any order
/// of waiters is possible, so the queue of the real one, which keeps writers from starving, is one of
/// the schedules. Linux: struct rw_semaphore.
/// </summary>
public sealed class RwSemaphore : MachineObject, IGuardian, IRankedLock
{
    private const int Writer = 1 << 30;

    private readonly Shared<int> _count;
    private readonly MachineObject _reading;

    /// <summary>A free semaphore in an object, which dies with it.</summary>
    public RwSemaphore(MachineObject whole, LockClass lockClass, string? label)
        : base(whole, "rwsem", label)
    {
        Class = lockClass;
        _count = new Shared<int>(this, "count");
        _reading = new ReadSide(this);
    }

    /// <summary>mmap_sem: outside of every spinlock.</summary>
    public static LockClass MmapSem { get; } = new("mmap_sem", 5);

    /// <summary>The place in the lock order.</summary>
    public LockClass Class { get; }

    /// <summary>down_read().</summary>
    /// <remarks>Context: may sleep. Locks: none.</remarks>
    public async Op AcquireRead(Cpu cpu)
    {
        Lockdep.MightSleep(cpu, "down_read()");
        Lockdep.CheckOrder(cpu, this, Class);
        await cpu.RmwWhen(_count, GuardKind.NoneOf, Writer, RmwKind.Add, 1);
        cpu.Hold(_reading);
    }

    /// <summary>up_read().</summary>
    public async Op ReleaseRead(Cpu cpu)
    {
        cpu.Drop(_reading);
        await cpu.Rmw(_count, RmwKind.Add, -1);
    }

    /// <summary>down_write().</summary>
    /// <inheritdoc cref="AcquireRead"/>
    public async Op AcquireWrite(Cpu cpu)
    {
        Lockdep.MightSleep(cpu, "down_write()");
        Lockdep.CheckOrder(cpu, this, Class);
        await cpu.RmwWhen(_count, GuardKind.Equal, 0, RmwKind.Exchange, Writer);
        cpu.Hold(this);
    }

    /// <summary>down_write_nested(): takes a semaphore that nobody else can know yet while another one is held.</summary>
    public async Op AcquireWriteNested(Cpu cpu)
    {
        await cpu.RmwWhen(_count, GuardKind.Equal, 0, RmwKind.Exchange, Writer);
        cpu.Hold(this);
    }

    /// <summary>up_write().</summary>
    public async Op ReleaseWrite(Cpu cpu)
    {
        cpu.Drop(this);
        await cpu.Rmw(_count, RmwKind.Add, -Writer);
    }

    /// <inheritdoc/>
    public bool Admits(Fiber fiber, bool write)
        => fiber.Held.Contains(this) || (!write && fiber.Held.Contains(_reading));

    /// <summary>What a reader holds, so that holding for reading does not count as holding for writing.</summary>
    private sealed class ReadSide(RwSemaphore whole)
        : MachineObject(whole, "rwsem", whole.Label + "(read)"), IRankedLock
    {
        public LockClass Class => whole.Class;
    }
}
