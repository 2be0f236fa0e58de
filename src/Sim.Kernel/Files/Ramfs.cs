using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Kernel.Locking;
using Sim.Kernel.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Files;

/// <summary>The names of a directory. It never changes.</summary>
[Immutable]
internal sealed class Names : IIdentified
{
    private readonly ImmutableSortedDictionary<string, Inode> _inodes;

    private Names(ImmutableSortedDictionary<string, Inode> inodes) => _inodes = inodes;

    internal static Names None { get; } =
        new(ImmutableSortedDictionary.Create<string, Inode>(StringComparer.Ordinal));

    public ulong Identity
    {
        get
        {
            ulong hash = (ulong)_inodes.Count;
            foreach ((string name, Inode inode) in _inodes)
            {
                hash = StateHash.Mix(StateHash.Mix(hash, StateHash.OfText(name)), (ulong)inode.Id);
            }

            return hash;
        }
    }

    internal Inode? Find(string name) => _inodes.GetValueOrDefault(name);

    internal Names With(string name, Inode inode) => new(_inodes.SetItem(name, inode));

    internal Names Without(string name) => new(_inodes.Remove(name));
}

/// <summary>
/// The file system: one directory of files in memory, and /dev/null. A path is a name, with or without a slash before
/// it; there are no other directories.
/// </summary>
public sealed class Ramfs : MachineObject
{
    private const int NameMax = 255;
    private readonly SpinLock _lock;
    private readonly GuardedValue<Names> _names;

    internal Ramfs(LinuxKernel kernel)
        : base(kernel, "ramfs", 0, "ramfs")
    {
        _lock = new SpinLock(this, LockClass.Inode, "root.i_mutex");
        _names = new GuardedValue<Names>(this, "names", _lock, Names.None);
        Null = new NullDevice(kernel.Machine);
        Output = new Sink(kernel.Machine, "stdout");
        Errors = new Sink(kernel.Machine, "stderr");
    }

    /// <summary>/dev/null.</summary>
    public NullDevice Null { get; }

    /// <summary>What programs wrote to descriptor 1.</summary>
    public Sink Output { get; }

    /// <summary>What programs wrote to descriptor 2.</summary>
    public Sink Errors { get; }

    /// <summary>A file, for observers; null when there is none of that name.</summary>
    public Inode? Peek(string name) => _names.Peek.Find(name);

    /// <summary>Makes a file while the world is set up.</summary>
    public Inode Make(string name, Bytes content)
    {
        var inode = new Inode(Machine, name, content);
        _names.Set(Machine.BootCpu, _names.Peek.With(name, inode));
        return inode;
    }

    /// <summary>
    /// A table for a process that is set up: input from /dev/null, output and errors for the host to read.
    /// </summary>
    public FilesStruct StandardFiles(string label)
    {
        var files = new FilesStruct(Machine, label);
        Cpu boot = Machine.BootCpu;
        files.Start(boot, 0, new OpenFile(Null, OpenFlags.ReadOnly));
        files.Start(boot, 1, new OpenFile(Output, OpenFlags.WriteOnly));
        files.Start(boot, 2, new OpenFile(Errors, OpenFlags.WriteOnly));
        return files;
    }

    /// <summary>open(), but for the descriptor.</summary>
    /// <remarks>
    /// Context: current. Locks: takes the directory's.
    /// Returns: the open file; ENOENT, EEXIST (O_EXCL), EISDIR (the root, for writing), ENOTDIR, ENAMETOOLONG, EINVAL.
    /// </remarks>
    internal async Op<(OpenFile? File, Errno Error)> Open(Cpu cpu, Bytes path, OpenFlags flags)
    {
        if ((flags & OpenFlags.AccessMode) == OpenFlags.AccessMode)
        {
            return (null, Errno.EINVAL);
        }

        (string name, Errno error) = NameOf(path);
        if (error != Errno.None)
        {
            return (null, error);
        }

        if (name is "dev/null")
        {
            return (new OpenFile(Null, flags), Errno.None);
        }

        await _lock.Acquire(cpu);
        Inode? inode = _names.Get(cpu).Find(name);
        bool exists = inode is not null;
        if (inode is null && (flags & OpenFlags.Create) != OpenFlags.ReadOnly)
        {
            inode = new Inode(Machine, name, Bytes.Empty);
            _names.Set(cpu, _names.Get(cpu).With(name, inode));
        }

        bool refused = exists && (flags & (OpenFlags.Create | OpenFlags.Exclusive)) ==
            (OpenFlags.Create | OpenFlags.Exclusive);
        if (inode is not null && !refused)
        {
            await inode.Get(cpu);
        }

        await _lock.Release(cpu);
        if (refused || inode is null)
        {
            return (null, refused ? Errno.EEXIST : Errno.ENOENT);
        }

        if (exists && (flags & OpenFlags.Truncate) != OpenFlags.ReadOnly && (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly)
        {
            await inode.Truncate(cpu);
        }

        return (new OpenFile(inode, flags), Errno.None);
    }

    /// <summary>unlink(): the file goes when nobody has it open any more.</summary>
    internal async Op<Errno> Unlink(Cpu cpu, Bytes path)
    {
        (string name, Errno error) = NameOf(path);
        if (error != Errno.None)
        {
            return error;
        }

        if (name is "dev/null")
        {
            return Errno.EPERM;
        }

        await _lock.Acquire(cpu);
        Inode? inode = _names.Get(cpu).Find(name);
        if (inode is not null)
        {
            _names.Set(cpu, _names.Get(cpu).Without(name));
        }

        await _lock.Release(cpu);
        if (inode is null)
        {
            return Errno.ENOENT;
        }

        await inode.Put(cpu);
        return Errno.None;
    }

    private static (string Name, Errno Error) NameOf(Bytes path)
    {
        string name = System.Text.Encoding.Latin1.GetString(path.Span).TrimStart('/');
        return name switch
        {
            "" or "." or "dev" => (name, Errno.EISDIR),
            "dev/null" => (name, Errno.None),
            _ when name.Contains('/', StringComparison.Ordinal) => (name, Errno.ENOENT),
            _ => (name, name.Length > NameMax ? Errno.ENAMETOOLONG : Errno.None),
        };
    }
}
