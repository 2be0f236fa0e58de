namespace Sim.Machine.Memory;

/// <summary>What an access orders, beside what its kind orders anyway. Only weak models tell most of them apart.</summary>
public enum Ordering : byte
{
    /// <summary>
    /// What the plain primitive of the kernel gives: nothing for a load or a store, a full barrier for an atomic
    /// operation that succeeds, the acquisition of a lock for one that waits.
    /// </summary>
    Usual,

    /// <summary>Nothing; an atomic operation still answers.</summary>
    Relaxed,

    /// <summary>Nothing, and no barrier counts it as a read: an atomic operation that answers nothing, as atomic_inc().</summary>
    NoReturn,

    /// <summary>What comes later is behind it, as smp_load_acquire().</summary>
    Acquire,

    /// <summary>What came before is seen with it, as smp_store_release().</summary>
    Release,

    /// <summary>The release of a lock: as <see cref="Release"/>, and the next section of the lock comes behind.</summary>
    Unlock,

    /// <summary>The taking of a lock by an operation that does not wait for it; nothing if it fails.</summary>
    Lock,

    /// <summary>The end of a read section: who sees it sees what came before, and nothing else is ordered.</summary>
    SectionEnd,
}
