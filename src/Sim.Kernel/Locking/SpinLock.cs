using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Locking;

/// <summary>
/// A spinlock. Waiting for it is a disabled fiber, never a loop. Taking it is a locked instruction;
/// releasing it is a plain store, as on x86 in 2.6.32.
/// </summary>
public sealed class SpinLock : MachineObject, IGuardian, IRankedLock
{
    private readonly Shared<int> _word;

    /// <summary>A free lock.</summary>
    public SpinLock(SimMachine machine, LockClass lockClass, string? label)
        : base(machine, "lock", label)
    {
        Class = lockClass;
        _word = new Shared<int>(this, "owner");
    }

    /// <summary>A free lock inside another object; it dies with that one.</summary>
    public SpinLock(MachineObject whole, LockClass lockClass, string? label)
        : base(whole, "lock", label)
    {
        Class = lockClass;
        _word = new Shared<int>(this, "owner");
    }

    /// <summary>The lock's place in the lock order.</summary>
    public LockClass Class { get; }

    /// <summary>Takes the lock.</summary>
    /// <param name="cpu">Who takes it; must not hold it.</param>
    /// <param name="site">
    /// Names the acquisition; when that site is taken away the caller goes on as if it held the lock.
    /// </param>
    public async Op Acquire(Cpu cpu, Site? site = null)
    {
        Lockdep.CheckOrder(cpu, this, Class);
        if (cpu.Machine.IsWithout(site))
        {
            cpu.NoteRemoved(site!);
            if (!cpu.Machine.IsDirect)
            {
                cpu.Hold(new NotTaken(this));
            }
        }
        else
        {
            await cpu.RmwWhen(_word, GuardKind.Equal, 0, RmwKind.Exchange, Me(cpu), site);
        }

        cpu.Hold(this);
    }

    /// <summary>Releases the lock.</summary>
    public async Op Release(Cpu cpu)
    {
        cpu.Drop(this);
        if (WasTaken(cpu))
        {
            await cpu.Unlock(_word, 0);
        }
    }

    /// <summary>spin_unlock_wait(): waits until nobody holds the lock, without taking it.</summary>
    public OperationAwaiter<int> UnlockWait(Cpu cpu) => cpu.LoadWhen(_word, GuardKind.Equal, 0);

    /// <inheritdoc/>
    public bool Admits(Fiber fiber, bool write) => fiber.Held.Contains(this);

    private static int Me(Cpu cpu) => cpu.Fiber.Index + 1;

    /// <summary>
    /// Whether the acquisition that ends was a real one. The word does not tell: under TSO an earlier
    /// release by this processor may still wait in its store buffer.
    /// </summary>
    private bool WasTaken(Cpu cpu)
    {
        if (cpu.Machine.IsDirect)
        {
            return _word.Peek == Me(cpu);
        }

        for (int i = cpu.Fiber.Held.Count - 1; i >= 0; i--)
        {
            if (cpu.Fiber.Held[i] is NotTaken pretence && ReferenceEquals(pretence.Whole, this))
            {
                cpu.Drop(pretence);
                return false;
            }
        }

        return true;
    }

    /// <summary>What a fiber holds, beside the lock, whose acquisition was taken away.</summary>
    private sealed class NotTaken(SpinLock whole)
        : MachineObject(whole.Machine, "lock", whole.Label + "(not taken)")
    {
        internal SpinLock Whole => whole;
    }
}
