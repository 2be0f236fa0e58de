using Sim.Machine.Ops;

namespace Sim.Explore.Litmus.Programs;

/// <summary>How a memory access is marked.</summary>
public enum AccessOrder
{
    /// <summary>A plain access of C.</summary>
    Plain,

    /// <summary>A marked access without order of its own; what an instruction of a processor is.</summary>
    Once,

    /// <summary>As <see cref="Once"/>, of an atomic operation that answers nothing.</summary>
    NoReturn,

    /// <summary>Orders what comes after the load.</summary>
    Acquire,

    /// <summary>Orders what comes before the store.</summary>
    Release,

    /// <summary>An atomic operation that is a full barrier when it succeeds.</summary>
    Full,
}

/// <summary>What stands between accesses.</summary>
public enum Barrier
{
    /// <summary>smp_mb, mfence, sync.</summary>
    Full,

    /// <summary>smp_rmb.</summary>
    Read,

    /// <summary>smp_wmb.</summary>
    Write,

    /// <summary>smp_mb__before_atomic.</summary>
    BeforeAtomic,

    /// <summary>smp_mb__after_atomic.</summary>
    AfterAtomic,

    /// <summary>smp_mb__after_spinlock.</summary>
    AfterSpinlock,

    /// <summary>smp_mb__after_unlock_lock.</summary>
    AfterUnlockLock,

    /// <summary>lwsync of POWER.</summary>
    Lightweight,

    /// <summary>eieio of POWER.</summary>
    Eieio,

    /// <summary>isync of POWER.</summary>
    Instruction,

    /// <summary>rcu_read_lock.</summary>
    RcuLock,

    /// <summary>rcu_read_unlock.</summary>
    RcuUnlock,

    /// <summary>synchronize_rcu.</summary>
    SynchronizeRcu,
}

/// <summary>One instruction of a litmus thread, whatever language it was written in.</summary>
/// <remarks>Jumps go forward only: every run of a thread ends.</remarks>
[Immutable]
public abstract record Instruction;

/// <summary>Computes a register.</summary>
public sealed record Assign(int Register, Expression Value) : Instruction;

/// <summary>Reads memory into a register.</summary>
public sealed record Load(int Register, Expression Address, AccessOrder Order) : Instruction;

/// <summary>Writes memory.</summary>
public sealed record Store(Expression Address, Expression Value, AccessOrder Order) : Instruction;

/// <summary>A barrier, or the start or end of a read-side section.</summary>
public sealed record Fence(Barrier Barrier) : Instruction;

/// <summary>Takes a spinlock, waiting for it.</summary>
public sealed record Lock(Expression Address) : Instruction;

/// <summary>Gives a spinlock up.</summary>
public sealed record Unlock(Expression Address) : Instruction;

/// <summary>Goes on at <paramref name="Target"/> when the condition is zero.</summary>
/// <param name="Condition">What decides.</param>
/// <param name="Target">Where to go on.</param>
/// <param name="Scope">Up to where what is executed depends on the condition.</param>
public sealed record Branch(Expression Condition, int Target, int Scope) : Instruction;
