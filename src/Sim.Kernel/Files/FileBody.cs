using Sim.Kernel.Abi;
using Sim.Kernel.Locking;
using Sim.Kernel.Memory;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Files;

/// <summary>O_* flags.</summary>
[Flags]
public enum OpenFlags
{
    ReadOnly = 0,
    WriteOnly = 1,
    ReadWrite = 2,
    AccessMode = 3,
    Create = 0x40,
    Exclusive = 0x80,
    Truncate = 0x200,
    Append = 0x400,
    NonBlock = 0x800,
    CloseOnExec = 0x80000,
}

/// <summary>POLL* events.</summary>
[Flags]
public enum PollEvents : ushort
{
    None = 0,
    In = 1,
    Out = 4,
    Error = 8,
    HangUp = 0x10,
    Invalid = 0x20,
    ReadNormal = 0x40,
    WriteNormal = 0x100,
}

/// <summary>What a read gave.</summary>
/// <param name="Content">The bytes; none at the end of the file.</param>
/// <param name="Error">Why there are none.</param>
[Immutable]
public readonly record struct ReadResult(Bytes Content, Errno Error = Errno.None)
{
    /// <summary>A read that failed.</summary>
    public static ReadResult Failed(Errno error) => new(Bytes.Empty, error);
}

/// <summary>What stands behind open files: struct inode with its file operations.</summary>
public abstract class FileBody(SimMachine machine, string kind, string? label) : MachineObject(machine, kind, label)
{
    /// <summary>Whether lseek() has a meaning.</summary>
    public virtual bool IsSeekable => false;

    /// <summary>st_mode.</summary>
    public abstract int Mode { get; }

    /// <summary>Who is woken when poll() may have another answer; null when that never changes.</summary>
    public virtual WaitQueue? Queue => null;

    /// <summary>Takes bytes out, or copies them.</summary>
    /// <remarks>Context: current; may sleep. Locks: none.</remarks>
    public abstract Op<ReadResult> Read(Cpu cpu, OpenFile file, long position, int count);

    /// <summary>Puts bytes in.</summary>
    /// <returns>How many, or a negated error.</returns>
    /// <remarks>Context: current; may sleep. Locks: none.</remarks>
    public abstract Op<long> Write(Cpu cpu, OpenFile file, long position, Bytes bytes);

    /// <summary>What could be done without waiting.</summary>
    public virtual Op<PollEvents> Poll(Cpu cpu, OpenFile file)
        => Op<PollEvents>.Of(PollEvents.In | PollEvents.Out | PollEvents.ReadNormal | PollEvents.WriteNormal);

    /// <summary>i_size.</summary>
    public virtual Op<long> Size(Cpu cpu) => Op<long>.Of(0);

    /// <summary>iget(): another name, open file or working directory; a device is there for good.</summary>
    internal virtual Op Get(Cpu cpu) => Op.Done;

    /// <summary>iput(): the last one frees it.</summary>
    internal virtual Op Put(Cpu cpu) => Op.Done;

    /// <summary>The last descriptor of an open file is closed.</summary>
    public abstract Op Release(Cpu cpu, OpenFile file);
}

/// <summary>struct file: what open() makes. Descriptors and forked processes share it.</summary>
public sealed class OpenFile : MachineObject
{
    internal OpenFile(FileBody body, OpenFlags flags)
        : base(body.Machine, "file", body.Label)
    {
        Body = body;
        Flags = flags;
        Count = new Shared<int>(this, "f_count", 1);
        Position = new Shared<long>(this, "f_pos");
    }

    /// <summary>What is open.</summary>
    public FileBody Body { get; }

    /// <summary>O_* flags; fcntl() does not change them here.</summary>
    public OpenFlags Flags { get; }

    /// <summary>Whether read() is permitted.</summary>
    public bool IsReadable => (Flags & OpenFlags.AccessMode) != OpenFlags.WriteOnly;

    /// <summary>Whether write() is permitted.</summary>
    public bool IsWritable => (Flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly;

    /// <summary>References: of descriptors, and of calls in progress.</summary>
    internal Shared<int> Count { get; }

    /// <summary>Where the next read or write is; raced on purpose: 2.6.32 has no lock for it.</summary>
    internal Shared<long> Position { get; }

    /// <summary>get_file().</summary>
    internal async Op Get(Cpu cpu) => await cpu.Rmw(Count, RmwKind.Add, 1);

    /// <summary>fput(): the last one closes the file.</summary>
    /// <remarks>Context: may sleep. Locks: none.</remarks>
    internal async Op Put(Cpu cpu)
    {
        if (await cpu.Rmw(Count, RmwKind.Add, -1) == 1)
        {
            await Body.Release(cpu, this);
            await cpu.Free(this);
        }
    }
}
