using Sim.Kernel.Locking;
using Sim.Machine.State;

namespace Sim.Kernel.Futex;

/// <summary>struct futex_hash_bucket: those who wait for one of some futexes.</summary>
internal sealed class FutexBucket : MachineObject
{
    internal FutexBucket(MachineObject queues, int number)
        : base(queues, "futex_bucket", number, FormattableString.Invariant($"futex[{number}]"))
    {
        Number = number;
        Lock = new SpinLock(this, LockClass.FutexBuckets[number], Label);
        Waiters = new MachineList<FutexWaiter>(this, "chain", Lock);
    }

    internal int Number { get; }

    internal SpinLock Lock { get; }

    internal MachineList<FutexWaiter> Waiters { get; }
}
