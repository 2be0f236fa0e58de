using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Locking;

/// <summary>
/// A reader-writer spinlock. On x86 in 2.6.32 all four operations are locked instructions; the
/// unlocking ones can be made plain stores by taking <see cref="LockedUnlock"/> away.
/// </summary>
public sealed class ReadWriteLock : MachineObject, IGuardian, IRankedLock
{
    private const int Writer = 1 << 30;

    /// <summary>What makes read_unlock and write_unlock full barriers on x86.</summary>
    public static readonly Site LockedUnlock = new(
        "RwLock.Unlock",
        SiteKind.Locked,
        "M1",
        "read_unlock and write_unlock are locked instructions; without it they are plain stores");

    private readonly Shared<int> _word;
    private readonly MachineObject _reading;

    /// <summary>A free lock.</summary>
    public ReadWriteLock(SimMachine machine, LockClass lockClass, string label)
        : base(machine, "rwlock", label)
    {
        Class = lockClass;
        _word = new Shared<int>(this, "count");
        _reading = new ReadSide(this);
    }

    /// <summary>A free lock inside another object; it dies with that one.</summary>
    public ReadWriteLock(MachineObject whole, LockClass lockClass, string label)
        : base(whole, "rwlock", label)
    {
        Class = lockClass;
        _word = new Shared<int>(this, "count");
        _reading = new ReadSide(this);
    }

    /// <summary>The lock's place in the lock order.</summary>
    public LockClass Class { get; }

    /// <summary>Takes the lock for reading.</summary>
    /// <inheritdoc cref="SpinLock.Acquire"/>
    public async Op AcquireRead(Cpu cpu, Site? site = null)
    {
        Lockdep.CheckOrder(cpu, this, Class);
        if (cpu.Machine.IsWithout(site))
        {
            cpu.NoteRemoved(site!);
            cpu.Hold(_reading);
            return;
        }

        await cpu.RmwWhen(_word, GuardKind.NoneOf, Writer, RmwKind.Add, 1, site);
        cpu.Hold(_reading);
    }

    /// <summary>Releases the lock after <see cref="AcquireRead"/> with the same site.</summary>
    public Op ReleaseRead(Cpu cpu, Site? site = null)
    {
        cpu.Drop(_reading);
        return cpu.Machine.IsWithout(site) ? Op.Done : Subtract(cpu, 1);
    }

    /// <summary>Takes the lock for writing.</summary>
    /// <inheritdoc cref="SpinLock.Acquire"/>
    public async Op AcquireWrite(Cpu cpu, Site? site = null)
    {
        Lockdep.CheckOrder(cpu, this, Class);
        if (cpu.Machine.IsWithout(site))
        {
            cpu.NoteRemoved(site!);
        }
        else
        {
            await cpu.RmwWhen(_word, GuardKind.Equal, 0, RmwKind.Exchange, Writer, site);
        }

        cpu.Hold(this);
    }

    /// <summary>Releases the lock after <see cref="AcquireWrite"/> with the same site.</summary>
    public Op ReleaseWrite(Cpu cpu, Site? site = null)
    {
        cpu.Drop(this);
        return cpu.Machine.IsWithout(site) ? Op.Done : Subtract(cpu, Writer);
    }

    /// <inheritdoc/>
    public bool Admits(Fiber fiber, bool write)
        => fiber.Held.Contains(this) || (!write && fiber.Held.Contains(_reading));

    private async Op Subtract(Cpu cpu, int amount)
    {
        if (cpu.Machine.IsWithout(LockedUnlock))
        {
            await cpu.AddUnlocked(_word, -amount);
        }
        else
        {
            await cpu.Rmw(_word, RmwKind.Add, -amount, order: Ordering.Unlock);
        }
    }

    /// <summary>What a reader holds, so that holding for reading does not count as holding for writing.</summary>
    private sealed class ReadSide(ReadWriteLock whole)
        : MachineObject(whole, "rwlock", whole.Label + "(read)"), IRankedLock
    {
        public LockClass Class => whole.Class;
    }
}
