using System.Collections.Immutable;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Locking;

/// <summary>
/// A kind of lock and its place in the lock order: a lock may be taken only while all locks held have
/// a lower rank. Source: spec section 1.2.
/// </summary>
[Immutable]
public sealed record LockClass(string Name, int Rank)
{
    /// <summary>utrace->lock: outermost of those below.</summary>
    public static LockClass Utrace { get; } = new("utrace->lock", 10);

    /// <summary>tasklist_lock.</summary>
    public static LockClass Tasklist { get; } = new("tasklist_lock", 20);

    /// <summary>files->file_lock: a table of descriptors.</summary>
    public static LockClass FileTable { get; } = new("file_lock", 24);

    /// <summary>Content of a file, a directory or a pipe; its waiters are woken under it.</summary>
    public static LockClass Inode { get; } = new("i_lock", 25);

    /// <summary>futex_hash_bucket: waiters are woken under it. Of two, that with the lower number is taken first.</summary>
    public static ImmutableArray<LockClass> FutexBuckets { get; } =
        [.. Enumerable.Range(26, 4).Select(rank => new LockClass("futex_hash_bucket", rank))];

    /// <summary>hrtimer_cpu_base: the armed timers; taken under siglock.</summary>
    public static LockClass TimerBase { get; } = new("hrtimer_base", 32);

    /// <summary>pidmap_lock: taken under tasklist_lock and siglock when a number is freed.</summary>
    public static LockClass Pidmap { get; } = new("pidmap_lock", 33);

    /// <summary>sighand->siglock.</summary>
    public static LockClass Siglock { get; } = new("siglock", 30);

    /// <summary>wait_queue_head_t: taken to wake, under tasklist_lock too.</summary>
    public static LockClass WaitQueue { get; } = new("wait_queue_head_t", 35);

    /// <summary>struct completion: held while its waiters are woken.</summary>
    public static LockClass Completion { get; } = new("completion", 36);

    /// <summary>task_lock(): a leaf.</summary>
    public static LockClass TaskLock { get; } = new("alloc_lock", 40);
}

/// <summary>The checks that lockdep and might_sleep make.</summary>
public static class Lockdep
{
    /// <summary>Reports a lock taken against the lock order, or twice.</summary>
    internal static void CheckOrder(Cpu cpu, MachineObject taken, LockClass lockClass)
    {
        if (cpu.Machine.IsDirect)
        {
            return;
        }

        foreach (MachineObject held in cpu.Fiber.Held)
        {
            if (ReferenceEquals(held, taken))
            {
                cpu.Machine.Violate("LOCKDEP", $"{cpu.Fiber} takes {taken}, which it holds");
            }
            else if (held is IRankedLock ranked && ranked.Class.Rank >= lockClass.Rank)
            {
                cpu.Machine.Violate(
                    "LOCKDEP", $"{cpu.Fiber} takes {taken} ({lockClass.Name}) while it holds {held}");
            }
        }
    }

    /// <summary>
    /// might_sleep(): reports a place that may sleep reached with a lock held or inside an RCU read
    /// section.
    /// </summary>
    public static void MightSleep(Cpu cpu, string where)
    {
        if (!cpu.Machine.IsDirect && cpu.Fiber.Held.Count > 0)
        {
            cpu.Machine.Violate("LOCKDEP", $"{cpu.Fiber} may sleep in {where} while it holds {cpu.Fiber.Held[^1]}");
        }

        if (!cpu.Machine.IsDirect && cpu.Current is TaskStruct current && current.Rcu.PeekIsOpen)
        {
            cpu.Machine.Violate("LOCKDEP", $"{cpu.Fiber} may sleep in {where} inside an RCU read section");
        }
    }

    /// <summary>lockdep_assert_held(): reports a routine called without the lock it relies on.</summary>
    public static void AssertHeld(Cpu cpu, MachineObject held)
    {
        if (!cpu.Machine.IsDirect && !cpu.Fiber.Held.Contains(held))
        {
            cpu.Machine.Violate("LOCKDEP", $"{cpu.Fiber} relies on {held} without holding it");
        }
    }
}

/// <summary>A lock with a place in the lock order.</summary>
internal interface IRankedLock
{
    LockClass Class { get; }
}
