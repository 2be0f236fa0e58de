using Sim.Kernel.Abi;
using Sim.Kernel.Locking;
using Sim.Kernel.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Files;

/// <summary>
/// The file system: directories and files in memory, and /dev/null. One lock guards all names, where 2.6.32 has one per
/// directory and one for renames. Source: fs/namei.c.
/// </summary>
public sealed class Ramfs : MachineObject
{
    private readonly SpinLock _lock;

    internal Ramfs(LinuxKernel kernel)
        : base(kernel, "ramfs", 0, "ramfs")
    {
        _lock = new SpinLock(this, LockClass.Inode, "root.i_mutex");
        Null = new NullDevice(kernel.Machine);
        Top = new Directory(kernel.Machine, "/", _lock, null);
        var devices = new Directory(kernel.Machine, "dev", _lock, Top);
        Cpu boot = kernel.Machine.BootCpu;
        devices.Names.Set(boot, Names.None.With("null", Null));
        Top.Names.Set(boot, Names.None.With("dev", devices));
        Output = new Sink(kernel.Machine, "stdout");
        Errors = new Sink(kernel.Machine, "stderr");
    }

    /// <summary>The root.</summary>
    internal Directory Top { get; }

    /// <summary>/dev/null.</summary>
    public NullDevice Null { get; }

    /// <summary>What programs wrote to descriptor 1.</summary>
    public Sink Output { get; }

    /// <summary>What programs wrote to descriptor 2.</summary>
    public Sink Errors { get; }

    /// <summary>A file of the root, for observers; null when there is none of that name.</summary>
    public Inode? Peek(string name) => Top.Names.Peek.Find(name) as Inode;

    /// <summary>Makes a file in the root while the world is set up.</summary>
    public Inode Make(string name, Bytes content)
    {
        var inode = new Inode(Machine, name, content);
        Top.Names.Set(Machine.BootCpu, Top.Names.Peek.With(name, inode));
        return inode;
    }

    /// <summary>Makes an executable file in the root while the world is set up.</summary>
    public Inode MakeProgram(string name, UserMode.UserProgram program)
    {
        var inode = new Inode(Machine, name, Bytes.Empty) { Program = program };
        Top.Names.Set(Machine.BootCpu, Top.Names.Peek.With(name, inode));
        return inode;
    }

    /// <summary>
    /// A table for a process that is set up: input from /dev/null, output and errors for the host to read.
    /// </summary>
    public FilesStruct StandardFiles(string label) => StandardFiles(label, Output, Errors);

    /// <summary>As the other one, with output and errors that somebody else keeps.</summary>
    public FilesStruct StandardFiles(string label, FileBody output, FileBody errors, FileBody? input = null)
    {
        var files = new FilesStruct(Machine, label);
        Cpu boot = Machine.BootCpu;
        files.Start(boot, 0, new OpenFile(input ?? Null, OpenFlags.ReadOnly));
        files.Start(boot, 1, new OpenFile(output, OpenFlags.WriteOnly));
        files.Start(boot, 2, new OpenFile(errors, OpenFlags.WriteOnly));
        return files;
    }

    /// <summary>open(), but for the descriptor.</summary>
    /// <remarks>
    /// Context: current. Locks: takes that of the names.
    /// Returns: the open file; ENOENT, EEXIST (O_EXCL), EISDIR (a directory, for writing or with O_CREAT), ENOTDIR,
    ///          ENAMETOOLONG, EINVAL.
    /// </remarks>
    internal async Op<(OpenFile? File, Errno Error)> Open(Cpu cpu, Bytes path, OpenFlags flags)
    {
        if ((flags & OpenFlags.AccessMode) == OpenFlags.AccessMode)
        {
            return (null, Errno.EINVAL);
        }

        Directory pwd = await FsStruct.PwdOf(cpu);
        await _lock.Acquire(cpu);
        Walked walked = PathWalk.Walk(cpu, Top, pwd, path);
        bool isNew = walked.Error == Errno.None && walked.Found is null && Has(flags, OpenFlags.Create);
        Errno error = isNew ? CanEnter(cpu, walked, Errno.EISDIR) : ErrorOfOpen(walked, flags);
        FileBody? body = walked.Found;
        if (isNew && error == Errno.None)
        {
            body = new Inode(Machine, walked.Name, Bytes.Empty);
            walked.Parent!.Names.Set(cpu, walked.Parent.Names.Get(cpu).With(walked.Name, body));
        }

        if (error == Errno.None)
        {
            await body!.Get(cpu);
        }

        await _lock.Release(cpu);
        await pwd.Put(cpu);
        if (error != Errno.None)
        {
            return (null, error);
        }

        if (!isNew && body is Inode inode && Has(flags, OpenFlags.Truncate) && (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly)
        {
            await inode.Truncate(cpu);
        }

        return (new OpenFile(body!, flags), Errno.None);
    }

    /// <summary>What a path stands for, with a reference: for stat(), access(), chdir() and exec.</summary>
    /// <remarks>Context: current. Locks: takes that of the names. Returns: ENOENT, ENOTDIR, ENAMETOOLONG.</remarks>
    internal async Op<(FileBody? Body, Errno Error)> Lookup(Cpu cpu, Bytes path)
    {
        Directory pwd = await FsStruct.PwdOf(cpu);
        await _lock.Acquire(cpu);
        Walked walked = PathWalk.Walk(cpu, Top, pwd, path);
        if (walked.Found is not null)
        {
            await walked.Found.Get(cpu);
        }

        await _lock.Release(cpu);
        await pwd.Put(cpu);
        Errno missing = walked.Found is null ? Errno.ENOENT : Errno.None;
        return (walked.Found, walked.Error != Errno.None ? walked.Error : missing);
    }

    /// <summary>mkdir(): EEXIST, ENOENT, ENOTDIR, ENAMETOOLONG.</summary>
    internal async Op<Errno> MakeDirectory(Cpu cpu, Bytes path)
    {
        Directory pwd = await FsStruct.PwdOf(cpu);
        await _lock.Acquire(cpu);
        Walked walked = PathWalk.Walk(cpu, Top, pwd, path);
        Errno error = walked.Error == Errno.None && walked.Found is not null
            ? Errno.EEXIST
            : CanEnter(cpu, walked with { WantsDirectory = false }, Errno.None);
        if (error == Errno.None)
        {
            Directory parent = walked.Parent!;
            var made = new Directory(Machine, walked.Name, _lock, parent);
            parent.Names.Set(cpu, parent.Names.Get(cpu).With(walked.Name, made));
        }

        await _lock.Release(cpu);
        await pwd.Put(cpu);
        return error;
    }

    /// <summary>unlink(): the file goes when nobody has it open any more. EISDIR, EPERM (a device).</summary>
    internal Op<Errno> Unlink(Cpu cpu, Bytes path) => Remove(cpu, path, isDirectory: false);

    /// <summary>rmdir(): EINVAL ("."), EBUSY (the root), ENOTDIR, ENOTEMPTY.</summary>
    internal Op<Errno> RemoveDirectory(Cpu cpu, Bytes path) => Remove(cpu, path, isDirectory: true);

    /// <summary>rename(): what had the new name is gone.</summary>
    /// <remarks>
    /// Context: current. Locks: takes that of the names.
    /// Returns: as for the removal of the new name, which has to be of the same kind (EISDIR, ENOTDIR); EBUSY (".",
    ///          ".." and the root); EINVAL (into itself).
    /// </remarks>
    internal async Op<Errno> Rename(Cpu cpu, Bytes from, Bytes to)
    {
        Directory pwd = await FsStruct.PwdOf(cpu);
        await _lock.Acquire(cpu);
        Walked old = PathWalk.Walk(cpu, Top, pwd, from);
        Walked target = PathWalk.Walk(cpu, Top, pwd, to);
        Errno error = RenameRules.Check(cpu, old, target);
        FileBody? replaced = error == Errno.None && !ReferenceEquals(old.Found, target.Found) ? target.Found : null;
        if (error == Errno.None && !ReferenceEquals(old.Found, target.Found))
        {
            Directory source = old.Parent!;
            source.Names.Set(cpu, source.Names.Get(cpu).Without(old.Name));
            target.Parent!.Names.Set(cpu, target.Parent.Names.Get(cpu).With(target.Name, old.Found!));
            (old.Found as Directory)?.Parent.Set(cpu, target.Parent);
            (replaced as Directory)?.Parent.Set(cpu, null);
        }

        await _lock.Release(cpu);
        await pwd.Put(cpu);
        if (replaced is not null)
        {
            await replaced.Put(cpu);
        }

        return error;
    }

    /// <summary>getcwd(): the path of the working directory; ENOENT when it has been removed.</summary>
    internal async Op<(Bytes Path, Errno Error)> PathOfPwd(Cpu cpu)
    {
        Directory pwd = await FsStruct.PwdOf(cpu);
        await _lock.Acquire(cpu);
        string path = "";
        Directory at = pwd;
        while (at.Parent.Get(cpu) is { } parent)
        {
            path = "/" + parent.Names.Get(cpu).NameOf(at) + path;
            at = parent;
        }

        await _lock.Release(cpu);
        await pwd.Put(cpu);
        return ReferenceEquals(at, Top)
            ? (Bytes.Of(System.Text.Encoding.Latin1.GetBytes(path.Length == 0 ? "/" : path)), Errno.None)
            : (Bytes.Empty, Errno.ENOENT);
    }

    private async Op<Errno> Remove(Cpu cpu, Bytes path, bool isDirectory)
    {
        Directory pwd = await FsStruct.PwdOf(cpu);
        await _lock.Acquire(cpu);
        Walked walked = PathWalk.Walk(cpu, Top, pwd, path);
        Errno error = isDirectory ? RenameRules.CanRemoveDirectory(cpu, walked) : RenameRules.CanUnlink(walked);
        if (error == Errno.None)
        {
            walked.Parent!.Names.Set(cpu, walked.Parent.Names.Get(cpu).Without(walked.Name));
            (walked.Found as Directory)?.Parent.Set(cpu, null);
        }

        await _lock.Release(cpu);
        await pwd.Put(cpu);
        if (error == Errno.None)
        {
            await walked.Found!.Put(cpu);
        }

        return error;
    }

    /// <summary>Whether a new name can be made; not in a directory that has been removed.</summary>
    private Errno CanEnter(Cpu cpu, Walked walked, Errno withSlash)
    {
        if (walked.Error != Errno.None)
        {
            return walked.Error;
        }

        bool isDead = !ReferenceEquals(walked.Parent, Top) && walked.Parent!.Parent.Get(cpu) is null;
        return isDead ? Errno.ENOENT : walked.WantsDirectory ? withSlash : Errno.None;
    }

    private static Errno ErrorOfOpen(Walked walked, OpenFlags flags)
    {
        if (walked.Error != Errno.None || walked.Found is null)
        {
            return walked.Error != Errno.None ? walked.Error : Errno.ENOENT;
        }

        if (Has(flags, OpenFlags.Create) && Has(flags, OpenFlags.Exclusive))
        {
            return Errno.EEXIST;
        }

        bool writes = (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly || Has(flags, OpenFlags.Create);
        return walked.Found is Directory && writes ? Errno.EISDIR : Errno.None;
    }

    private static bool Has(OpenFlags flags, OpenFlags flag) => (flags & flag) != OpenFlags.ReadOnly;
}
