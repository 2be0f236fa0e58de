using Sim.Kernel.Abi;
using Sim.Kernel.Locking;
using Sim.Kernel.Memory;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Files;

/// <summary>A regular file in memory. Source: fs/ramfs.</summary>
public sealed class Inode : FileBody
{
    /// <summary>Longer files cannot be made: EFBIG.</summary>
    private const int Longest = 1 << 20;

    private readonly SpinLock _lock;
    private readonly GuardedValue<Bytes> _content;
    private readonly Shared<int> _references;

    /// <summary>A file with one reference, of its name.</summary>
    public Inode(SimMachine machine, string label, Bytes content)
        : base(machine, "inode", label)
    {
        _lock = new SpinLock(this, LockClass.Inode, machine.Label($"{label}.i_mutex"));
        _content = new GuardedValue<Bytes>(this, "content", _lock, content);
        _references = new Shared<int>(this, "i_count", 1);
    }

    /// <summary>The content, for observers.</summary>
    public Bytes PeekContent => _content.Peek;

    /// <inheritdoc/>
    public override bool IsSeekable => true;

    /// <inheritdoc/>
    public override int Mode => Program is null ? 0x81b6 : 0x81ed; // S_IFREG | 0666 or 0755

    /// <summary>What execve() runs; null for a file that cannot be executed.</summary>
    public UserMode.UserProgram? Program { get; init; }

    /// <inheritdoc/>
    internal override async Op Get(Cpu cpu) => await cpu.Rmw(_references, RmwKind.Add, 1);

    /// <inheritdoc/>
    internal override async Op Put(Cpu cpu)
    {
        if (await cpu.Rmw(_references, RmwKind.Add, -1) == 1)
        {
            await cpu.Free(this);
        }
    }

    /// <summary>O_TRUNC.</summary>
    internal async Op Truncate(Cpu cpu)
    {
        await _lock.Acquire(cpu);
        _content.Set(cpu, Bytes.Empty);
        await _lock.Release(cpu);
    }

    /// <inheritdoc/>
    public override async Op<long> Size(Cpu cpu)
    {
        await _lock.Acquire(cpu);
        long size = _content.Get(cpu).Length;
        await _lock.Release(cpu);
        return size;
    }

    /// <inheritdoc/>
    public override async Op<ReadResult> Read(Cpu cpu, OpenFile file, long position, int count)
    {
        await _lock.Acquire(cpu);
        Bytes content = _content.Get(cpu);
        await _lock.Release(cpu);
        int from = (int)Math.Min(position, content.Length);
        return new ReadResult(Bytes.Of(content.Span.Slice(from, Math.Min(count, content.Length - from))));
    }

    /// <inheritdoc/>
    public override async Op<long> Write(Cpu cpu, OpenFile file, long position, Bytes bytes)
    {
        await _lock.Acquire(cpu);
        Bytes content = _content.Get(cpu);
        bool appends = (file.Flags & OpenFlags.Append) != OpenFlags.ReadOnly;
        long at = appends ? content.Length : position;
        bool fits = at + bytes.Length <= Longest;
        if (fits && bytes.Length > 0)
        {
            _content.Set(cpu, Overwrite(content, (int)at, bytes));
        }

        await _lock.Release(cpu);
        if (!fits)
        {
            return -(long)Errno.EFBIG;
        }

        if (appends)
        {
            await cpu.Store(file.Position, at);
        }

        return bytes.Length;
    }

    /// <inheritdoc/>
    public override Op Release(Cpu cpu, OpenFile file) => Put(cpu);

    private static Bytes Overwrite(Bytes content, int at, Bytes bytes)
    {
        var changed = new byte[Math.Max(content.Length, at + bytes.Length)];
        content.Span.CopyTo(changed);
        bytes.Span.CopyTo(changed.AsSpan(at));
        return Bytes.Of(changed);
    }
}
