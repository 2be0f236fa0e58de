using Sim.Kernel.Locking;
using Sim.Kernel.Memory;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Files;

/// <summary>/dev/null.</summary>
public sealed class NullDevice(SimMachine machine) : FileBody(machine, "device", "null")
{
    /// <inheritdoc/>
    public override int Mode => 0x21b6; // S_IFCHR | 0666

    /// <inheritdoc/>
    public override Op<ReadResult> Read(Cpu cpu, OpenFile file, long position, int count)
        => Op<ReadResult>.Of(new ReadResult(Bytes.Empty));

    /// <inheritdoc/>
    public override Op<long> Write(Cpu cpu, OpenFile file, long position, Bytes bytes) => Op<long>.Of(bytes.Length);

    /// <inheritdoc/>
    public override Op Release(Cpu cpu, OpenFile file) => Op.Done;
}

/// <summary>Where a program's output goes for the host to read. Reading it finds its end.</summary>
public sealed class Sink : FileBody
{
    private readonly SpinLock _lock;
    private readonly GuardedValue<Bytes> _content;

    /// <summary>An empty sink.</summary>
    public Sink(SimMachine machine, string label)
        : base(machine, "sink", label)
    {
        _lock = new SpinLock(this, LockClass.Inode, label);
        _content = new GuardedValue<Bytes>(this, "content", _lock, Bytes.Empty);
    }

    /// <inheritdoc/>
    public override int Mode => 0x2190; // S_IFCHR | 0620

    /// <summary>What was written, for the host.</summary>
    public string PeekText => System.Text.Encoding.UTF8.GetString(_content.Peek.Span);

    /// <inheritdoc/>
    public override Op<ReadResult> Read(Cpu cpu, OpenFile file, long position, int count)
        => Op<ReadResult>.Of(new ReadResult(Bytes.Empty));

    /// <inheritdoc/>
    public override async Op<long> Write(Cpu cpu, OpenFile file, long position, Bytes bytes)
    {
        await _lock.Acquire(cpu);
        _content.Set(cpu, _content.Get(cpu).With(bytes.Span));
        await _lock.Release(cpu);
        return bytes.Length;
    }

    /// <inheritdoc/>
    public override Op Release(Cpu cpu, OpenFile file) => Op.Done;
}
