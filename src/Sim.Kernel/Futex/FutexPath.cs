using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Memory;
using Sim.Kernel.Tasks;
using Sim.Kernel.Time;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Futex;

/// <summary>FUTEX_WAIT and FUTEX_WAKE, with and without a bitset, and FUTEX_REQUEUE. Source: kernel/futex.c.</summary>
/// <remarks>
/// The waiter reads the word under the lock of its bucket and is queued before it lets go; the waker changes the word
/// first and takes the lock then. So either the waiter sees the new value, or the waker sees the waiter.
/// </remarks>
public sealed class FutexPath : MachineObject
{
    /// <summary>FUTEX_BITSET_MATCH_ANY.</summary>
    internal const uint AnyBit = uint.MaxValue;

    private readonly FutexBucket[] _buckets;

    internal FutexPath(LinuxKernel kernel)
        : base(kernel, "futex", 0, "futex_queues")
    {
        Kernel = kernel;
        _buckets = [.. Enumerable.Range(0, LockClass.FutexBuckets.Length).Select(number => new FutexBucket(this, number))];
    }

    private LinuxKernel Kernel { get; }

    /// <summary>futex_wait(): sleeps until woken, if the word holds a value.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="address">The word.</param>
    /// <param name="value">What it has to hold.</param>
    /// <param name="expires">When to give up, in nanoseconds since boot.</param>
    /// <param name="isPrivate">Whether only threads of the process wait there.</param>
    /// <param name="bitset">Who may wake it: a waker that has one of the bits.</param>
    /// <remarks>
    /// Context: current; sleeps. Locks: none; takes that of the bucket.
    /// Returns: 0 when woken; -EAGAIN for another value; -ETIMEDOUT; -ERESTARTSYS, or with a time-out
    ///          -ERESTART_RESTARTBLOCK, for a signal; -EFAULT; -EINVAL for an address that is not aligned.
    /// </remarks>
    public async Op<long> Wait(
        Cpu cpu, ulong address, uint value, long expires, bool isPrivate, uint bitset = AnyBit)
    {
        if (cpu.Task().Mm.Get(cpu) is not { } mm)
        {
            return -(long)Errno.EFAULT;
        }

        (FutexKey key, Errno error) = await mm.FutexKey(cpu, address, isPrivate);
        if (error != Errno.None)
        {
            return -(long)error;
        }

        FutexBucket bucket = BucketOf(key);
        var waiter = new FutexWaiter(cpu.Task(), key, bitset, bucket.Number);
        while (true)
        {
            long result = await WaitSetup(cpu, mm, bucket, waiter, address, value);
            if (result != 0)
            {
                await cpu.Free(waiter);
                return result;
            }

            bool expired = await Kernel.Clock.ScheduleUntil(cpu, TaskState.Interruptible, expires);
            bool woken = !await Unqueue(cpu, waiter);
            if (woken || expired)
            {
                await cpu.Free(waiter);
                return woken ? 0 : -(long)Errno.ETIMEDOUT;
            }

            if (await Scheduling.SignalPending(cpu, cpu.Task()))
            {
                break;
            }
        }

        await cpu.Free(waiter);
        if (expires == Timekeeper.Never)
        {
            return -(long)Errno.ERESTARTSYS;
        }

        cpu.Task().SetRestart(cpu, new Rest(Kernel, address, value, expires, isPrivate, bitset));
        return -(long)Errno.ERESTART_RESTARTBLOCK;
    }

    /// <summary>futex_wake(): wakes the tasks that have waited longest.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="address">The word.</param>
    /// <param name="most">How many tasks at most; Linux wakes one even when told 0.</param>
    /// <param name="isPrivate">Whether only threads of the process wait there.</param>
    /// <param name="bitset">Only those that have one of the bits.</param>
    /// <returns>How many were woken; -EFAULT; -EINVAL for an address that is not aligned.</returns>
    /// <remarks>Context: current; may sleep. Locks: none; takes that of the bucket.</remarks>
    public async Op<long> Wake(Cpu cpu, ulong address, int most, bool isPrivate, uint bitset = AnyBit)
    {
        if (cpu.Task().Mm.Get(cpu) is not { } mm)
        {
            return -(long)Errno.EFAULT;
        }

        (FutexKey key, Errno error) = await mm.FutexKey(cpu, address, isPrivate);
        if (error != Errno.None)
        {
            return -(long)error;
        }

        FutexBucket bucket = BucketOf(key);
        long woken = 0;
        await bucket.Lock.Acquire(cpu);
        FutexWaiter? waiter = bucket.Waiters.First(cpu);
        while (waiter is not null)
        {
            FutexWaiter? next = bucket.Waiters.After(cpu, waiter);
            if (waiter.HasKey(cpu, key) && (waiter.Bitset & bitset) != 0)
            {
                bucket.Waiters.Remove(cpu, waiter);
                await Scheduling.WakeUpState(cpu, waiter.Task, TaskState.Normal);
                if (++woken >= most)
                {
                    break;
                }
            }

            waiter = next;
        }

        await bucket.Lock.Release(cpu);
        return woken;
    }

    /// <summary>futex_requeue(): wakes some tasks, and has others wait for another word from now on.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="request">Which, and how many.</param>
    /// <param name="isPrivate">Whether only threads of the process wait there.</param>
    /// <returns>How many were woken or requeued; -EAGAIN when the word holds another value; -EFAULT; -EINVAL.</returns>
    /// <remarks>Context: current; may sleep. Locks: none; takes those of both buckets.</remarks>
    internal async Op<long> Requeue(Cpu cpu, FutexRequeue request, bool isPrivate)
    {
        if (cpu.Task().Mm.Get(cpu) is not { } mm)
        {
            return -(long)Errno.EFAULT;
        }

        (FutexKey from, Errno error) = await mm.FutexKey(cpu, request.From, isPrivate);
        if (error != Errno.None)
        {
            return -(long)error;
        }

        (FutexKey to, error) = await mm.FutexKey(cpu, request.To, isPrivate);
        if (error != Errno.None)
        {
            return -(long)error;
        }

        FutexBucket first = BucketOf(from);
        FutexBucket second = BucketOf(to);
        while (true)
        {
            await LockBoth(cpu, first, second);
            (bool isThere, uint found) = request.Compares ? await Peek(cpu, mm, request.From) : (true, request.Expected);
            if (isThere)
            {
                long moved = found != request.Expected
                    ? -(long)Errno.EAGAIN
                    : await Move(cpu, first, second, from, to, request);
                await UnlockBoth(cpu, first, second);
                return moved;
            }

            await UnlockBoth(cpu, first, second);
            if ((await mm.Load(cpu, request.From, 4)).Fault != FaultCode.None)
            {
                return -(long)Errno.EFAULT;
            }
        }
    }

    private static async Op<long> Move(
        Cpu cpu, FutexBucket first, FutexBucket second, FutexKey from, FutexKey to, FutexRequeue request)
    {
        long tasks = 0;
        FutexWaiter? waiter = first.Waiters.First(cpu);
        while (waiter is not null && tasks - request.Wakes < request.Requeues)
        {
            FutexWaiter? next = first.Waiters.After(cpu, waiter);
            if (waiter.HasKey(cpu, from))
            {
                if (++tasks <= request.Wakes)
                {
                    first.Waiters.Remove(cpu, waiter);
                    await Scheduling.WakeUpState(cpu, waiter.Task, TaskState.Normal);
                }
                else
                {
                    waiter.SetKey(cpu, to);
                    if (!ReferenceEquals(first, second))
                    {
                        first.Waiters.Remove(cpu, waiter);
                        second.Waiters.Add(cpu, waiter);
                        await cpu.WriteOnce(waiter.Bucket, second.Number);
                    }
                }
            }

            waiter = next;
        }

        return tasks;
    }

    /// <summary>double_lock_hb().</summary>
    private static async Op LockBoth(Cpu cpu, FutexBucket one, FutexBucket other)
    {
        (FutexBucket first, FutexBucket second) = one.Number <= other.Number ? (one, other) : (other, one);
        await first.Lock.Acquire(cpu);
        if (!ReferenceEquals(first, second))
        {
            await second.Lock.Acquire(cpu);
        }
    }

    /// <summary>double_unlock_hb().</summary>
    private static async Op UnlockBoth(Cpu cpu, FutexBucket one, FutexBucket other)
    {
        await one.Lock.Release(cpu);
        if (!ReferenceEquals(one, other))
        {
            await other.Lock.Release(cpu);
        }
    }

    /// <summary>futex_wait_setup() and queue_me(): queued and about to sleep, or why not.</summary>
    private async Op<long> WaitSetup(
        Cpu cpu, MmStruct mm, FutexBucket bucket, FutexWaiter waiter, ulong address, uint value)
    {
        while (true)
        {
            await bucket.Lock.Acquire(cpu);
            (bool isThere, uint found) = await Peek(cpu, mm, address);
            if (isThere && found == value)
            {
                await Scheduling.SetCurrentState(cpu, TaskState.Interruptible);
                bucket.Waiters.Add(cpu, waiter);
                await bucket.Lock.Release(cpu);
                return 0;
            }

            await bucket.Lock.Release(cpu);
            if (isThere)
            {
                return -(long)Errno.EAGAIN;
            }

            // It is not there without sleeping: fault it in, and look again.
            if ((await mm.Load(cpu, address, 4)).Fault != FaultCode.None)
            {
                return -(long)Errno.EFAULT;
            }
        }
    }

    /// <summary>get_futex_value_locked(): reads the word without sleeping.</summary>
    private static async Op<(bool IsThere, uint Value)> Peek(Cpu cpu, MmStruct mm, ulong address)
    {
        bool shared = mm.EverShared.Get(cpu);
        if (shared && (await cpu.Load(mm.Walk) & MmStruct.Changing) != 0)
        {
            return default;
        }

        VmAreaMap areas = shared ? mm.Areas.Peek : mm.Areas.GetOrdered(cpu);
        if (!PageFault.TryReach(mm, areas, address, AccessKind.Read, out Reach reach) || reach.Page is null)
        {
            return default;
        }

        return (true, (uint)await UserAccess.LoadWord(cpu, reach.Page, address, 4));
    }

    /// <summary>unqueue_me(): false when a waker has taken the waiter off.</summary>
    private async Op<bool> Unqueue(Cpu cpu, FutexWaiter waiter)
    {
        while (true)
        {
            int number = await cpu.ReadOnce(waiter.Bucket);
            FutexBucket bucket = _buckets[number];
            await bucket.Lock.Acquire(cpu);
            if (await cpu.ReadOnce(waiter.Bucket) == number)
            {
                bool queued = bucket.Waiters.Remove(cpu, waiter);
                await bucket.Lock.Release(cpu);
                return queued;
            }

            // It was requeued meanwhile.
            await bucket.Lock.Release(cpu);
        }
    }

    private FutexBucket BucketOf(FutexKey key)
        => _buckets[(int)(StateHash.Mix((ulong)key.Memory, key.Offset) % (ulong)_buckets.Length)];

    /// <summary>futex_wait_restart().</summary>
    private sealed class Rest(LinuxKernel kernel, ulong address, uint value, long expires, bool isPrivate, uint bitset)
        : RestartBlock(kernel.Machine)
    {
        public override Op<long> Run(Cpu cpu)
            => kernel.Futex.Wait(cpu, address, value, expires, isPrivate, bitset);
    }
}
