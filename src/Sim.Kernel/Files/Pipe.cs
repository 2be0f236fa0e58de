using Sim.Kernel.Abi;
using Sim.Kernel.Locking;
using Sim.Kernel.Memory;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Files;

/// <summary>A pipe. Source: fs/pipe.c, pipe(7).</summary>
/// <remarks>
/// A write of at most PIPE_BUF bytes goes in whole or waits. Who sleeps looks again under the lock after it has set its
/// state; who changes the pipe wakes under the lock.
/// </remarks>
public sealed class Pipe : FileBody
{
    /// <summary>PIPE_BUF: how much goes in at once.</summary>
    public const int AtomicBytes = 4096;

    private readonly LinuxKernel _kernel;
    private readonly int _capacity;
    private readonly SpinLock _lock;
    private readonly GuardedValue<Bytes> _content;
    private readonly Guarded<int> _readers;
    private readonly Guarded<int> _writers;
    private readonly WaitQueue _wait;

    /// <summary>An empty pipe with one end of each kind.</summary>
    public Pipe(LinuxKernel kernel, string? label)
        : base(kernel.Machine, "pipe", label)
    {
        _kernel = kernel;
        _capacity = kernel.Options.PipeCapacity;
        _lock = new SpinLock(this, LockClass.Inode, Machine.Label($"{label}.i_mutex"));
        _content = new GuardedValue<Bytes>(this, "bufs", _lock, Bytes.Empty);
        _readers = new Guarded<int>(this, "readers", _lock, 1);
        _writers = new Guarded<int>(this, "writers", _lock, 1);
        _wait = new WaitQueue(this, Machine.Label($"{label}.wait"));
    }

    /// <inheritdoc/>
    public override int Mode => 0x1180; // S_IFIFO | 0600

    /// <inheritdoc/>
    public override WaitQueue Queue => _wait;

    /// <inheritdoc/>
    public override async Op<ReadResult> Read(Cpu cpu, OpenFile file, long position, int count)
    {
        if (count == 0)
        {
            return new ReadResult(Bytes.Empty);
        }

        await _lock.Acquire(cpu);
        while (_content.Get(cpu).Length == 0)
        {
            Errno error = Errno.None;
            bool ends = _writers.Get(cpu) == 0;
            if (!ends)
            {
                error = await WaitForChange(cpu, file);
            }

            if (ends || error != Errno.None)
            {
                await _lock.Release(cpu);
                return new ReadResult(Bytes.Empty, error);
            }
        }

        Bytes content = _content.Get(cpu);
        int taken = Math.Min(count, content.Length);
        _content.Set(cpu, Bytes.Of(content.Span[taken..]));
        await _wait.WakeUpInterruptible(cpu);
        await _lock.Release(cpu);
        return new ReadResult(Bytes.Of(content.Span[..taken]));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Returns: how many bytes went in, all unless a signal came or the pipe does not block; -EPIPE with SIGPIPE when nobody
    ///          can read; -EAGAIN; -ERESTARTSYS.
    /// </remarks>
    public override async Op<long> Write(Cpu cpu, OpenFile file, long position, Bytes bytes)
    {
        int done = 0;
        Errno error = Errno.None;
        await _lock.Acquire(cpu);
        while (done < bytes.Length && error == Errno.None)
        {
            Bytes content = _content.Get(cpu);
            int room = _capacity - content.Length;
            int wanted = bytes.Length - done;
            if (_readers.Get(cpu) == 0)
            {
                error = Errno.EPIPE;
            }
            else if (room >= (wanted <= Whole && done == 0 ? wanted : 1))
            {
                int part = Math.Min(room, wanted);
                _content.Set(cpu, content.With(bytes.Span.Slice(done, part)));
                done += part;
                await _wait.WakeUpInterruptible(cpu);
            }
            else
            {
                error = await WaitForChange(cpu, file);
            }
        }

        await _lock.Release(cpu);
        if (error == Errno.EPIPE)
        {
            await SendSigpipe(cpu);
        }

        return done > 0 ? done : -(long)error;
    }

    /// <inheritdoc/>
    public override async Op<PollEvents> Poll(Cpu cpu, OpenFile file)
    {
        await _lock.Acquire(cpu);
        PollEvents events = PollEvents.None;
        if (file.IsReadable)
        {
            events |= _content.Get(cpu).Length > 0 ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None;
            events |= _writers.Get(cpu) == 0 ? PollEvents.HangUp : PollEvents.None;
        }

        if (file.IsWritable)
        {
            bool fits = _capacity - _content.Get(cpu).Length >= Whole;
            events |= fits ? PollEvents.Out | PollEvents.WriteNormal : PollEvents.None;
            events |= _readers.Get(cpu) == 0 ? PollEvents.Error : PollEvents.None;
        }

        await _lock.Release(cpu);
        return events;
    }

    /// <inheritdoc/>
    public override async Op Release(Cpu cpu, OpenFile file)
    {
        await _lock.Acquire(cpu);
        Guarded<int> ends = file.IsReadable ? _readers : _writers;
        ends.Set(cpu, ends.Get(cpu) - 1);
        bool last = _readers.Get(cpu) + _writers.Get(cpu) == 0;
        await _wait.WakeUpInterruptible(cpu);
        await _lock.Release(cpu);
        if (last)
        {
            await cpu.Free(this);
        }
    }

    /// <summary>PIPE_BUF, or all that a small pipe holds.</summary>
    private int Whole => Math.Min(AtomicBytes, _capacity);

    /// <summary>pipe_wait(): sleeps until somebody changes the pipe.</summary>
    /// <returns>EAGAIN for a file that does not block; ERESTARTSYS for a signal.</returns>
    /// <remarks>Context: current; sleeps. Locks: the pipe's, let go of while asleep.</remarks>
    private async Op<Errno> WaitForChange(Cpu cpu, OpenFile file)
    {
        if ((file.Flags & OpenFlags.NonBlock) != OpenFlags.ReadOnly)
        {
            return Errno.EAGAIN;
        }

        if (await Scheduling.SignalPending(cpu, cpu.Task()))
        {
            return Errno.ERESTARTSYS;
        }

        await _wait.Add(cpu);
        await Scheduling.SetCurrentState(cpu, TaskState.Interruptible);
        await _lock.Release(cpu);
        await Scheduling.Schedule(cpu, TaskState.Interruptible);
        await _wait.Remove(cpu);
        await _lock.Acquire(cpu);
        return Errno.None;
    }

    private async Op SendSigpipe(Cpu cpu)
    {
        TaskStruct task = cpu.Task();
        await task.Rcu.Lock(cpu);
        await _kernel.Send.SendLocking(
            cpu, Abi.Signals.SIGPIPE, default, SignalSource.NoInfo, task, group: false);
        await task.Rcu.Unlock(cpu);
    }
}
