using Sim.Kernel.Abi;
using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Files;

/// <summary>struct files_struct: a table of descriptors, shared with CLONE_FILES. Source: fs/file.c, fs/open.c.</summary>
public sealed class FilesStruct : MachineObject
{
    private readonly SpinLock _lock;
    private readonly Shared<int> _count;
    private readonly GuardedValue<FdTable> _table;

    /// <summary>A table without descriptors and with one user.</summary>
    public FilesStruct(SimMachine machine, string? label)
        : this(machine, label, FdTable.Empty)
    {
    }

    private FilesStruct(SimMachine machine, string? label, FdTable table)
        : base(machine, "files", label)
    {
        _lock = new SpinLock(this, LockClass.FileTable, machine.Label($"{label}.file_lock"));
        _count = new Shared<int>(this, "count", 1);
        _table = new GuardedValue<FdTable>(this, "fdt", _lock, table);
    }

    /// <summary>The descriptors, for observers.</summary>
    public FdTable PeekTable => _table.Peek;

    /// <summary>Opens a descriptor while the world is set up.</summary>
    public void Start(Cpu boot, int fd, OpenFile file)
        => _table.Set(boot, _table.Peek.With(fd, new FdEntry(file, false)));

    /// <summary>Another task uses the table too, while the world is set up.</summary>
    public FilesStruct Share(Cpu boot)
    {
        boot.Store(_count, _count.Peek + 1).GetResult();
        return this;
    }

    /// <summary>copy_files(): the table of a new task. A task without files has children without.</summary>
    /// <remarks>Context: current, in fork. Locks: none.</remarks>
    internal static async Op<FilesStruct?> ForChild(Cpu cpu, bool shares, string? label)
    {
        if (cpu.Task().Files.Get(cpu) is not { } own)
        {
            return null;
        }

        if (shares)
        {
            await cpu.Rmw(own._count, RmwKind.Add, 1);
            return own;
        }

        return await own.Copy(cpu, label);
    }

    /// <summary>exit_files(): a task gives its table up; the last user closes everything.</summary>
    /// <remarks>Context: the task exits, or nobody has seen it; may sleep. Locks: none.</remarks>
    internal static async Op Drop(Cpu cpu, TaskStruct task)
    {
        if (task.Files.Get(cpu) is { } files)
        {
            task.Files.Set(cpu, null);
            await files.Put(cpu);
        }
    }

    /// <summary>The part of exec that is about files: the table is one's own, and without what exec closes.</summary>
    internal static async Op AfterExec(Cpu cpu, TaskStruct task)
    {
        if (task.Files.Get(cpu) is not { } files)
        {
            return;
        }

        if (await cpu.Load(files._count) > 1)
        {
            FilesStruct own = await files.Copy(cpu, task.GivenLabel);
            task.Files.Set(cpu, own);
            await files.Put(cpu);
            files = own;
        }

        int fd = files._table.Peek.FirstClosedOnExec();
        while (fd >= 0)
        {
            await files.Close(cpu, fd);
            fd = files._table.Peek.FirstClosedOnExec();
        }
    }

    /// <summary>fget(): what a descriptor stands for, with a reference; null when it is not open.</summary>
    internal async Op<OpenFile?> Fget(Cpu cpu, int fd)
    {
        await _lock.Acquire(cpu);
        OpenFile? file = _table.Get(cpu).Find(fd);
        if (file is not null)
        {
            await file.Get(cpu);
        }

        await _lock.Release(cpu);
        return file;
    }

    /// <summary>alloc_fd() and fd_install(): the lowest free descriptor takes over a reference.</summary>
    /// <returns>The descriptor; -EMFILE, and then the reference is still the caller's.</returns>
    internal async Op<long> Install(Cpu cpu, OpenFile file, bool closesOnExec, int least = 0)
    {
        ResourceLimits limits = (await cpu.Load(cpu.Task().Signal.Limits))!;
        await _lock.Acquire(cpu);
        FdTable table = _table.Get(cpu);
        int fd = table.Lowest(least);
        bool fits = limits.Allows(Resource.Nofile, fd + 1L);
        if (fits)
        {
            _table.Set(cpu, table.With(fd, new FdEntry(file, closesOnExec)));
        }

        await _lock.Release(cpu);
        return fits ? fd : -(long)Errno.EMFILE;
    }

    /// <summary>get_close_on_exec().</summary>
    internal async Op<bool> ClosesOnExec(Cpu cpu, int fd)
    {
        await _lock.Acquire(cpu);
        bool closes = _table.Get(cpu).Entries.TryGetValue(fd, out FdEntry entry) && entry.ClosesOnExec;
        await _lock.Release(cpu);
        return closes;
    }

    /// <summary>set_close_on_exec().</summary>
    internal async Op SetClosesOnExec(Cpu cpu, int fd, bool closes)
    {
        await _lock.Acquire(cpu);
        FdTable table = _table.Get(cpu);
        if (table.Find(fd) is { } file)
        {
            _table.Set(cpu, table.With(fd, new FdEntry(file, closes)));
        }

        await _lock.Release(cpu);
    }

    /// <summary>dup2() and dup3() of two different descriptors.</summary>
    /// <returns>The new descriptor; -EBADF.</returns>
    internal async Op<long> Duplicate(Cpu cpu, int from, int to, bool closesOnExec)
    {
        if (to < 0 || !(await cpu.Load(cpu.Task().Signal.Limits))!.Allows(Resource.Nofile, to + 1L))
        {
            return -(long)Errno.EBADF;
        }

        await _lock.Acquire(cpu);
        FdTable table = _table.Get(cpu);
        OpenFile? file = table.Find(from);
        OpenFile? replaced = table.Find(to);
        if (file is not null)
        {
            await file.Get(cpu);
            _table.Set(cpu, table.With(to, new FdEntry(file, closesOnExec)));
        }

        await _lock.Release(cpu);
        if (file is null)
        {
            return -(long)Errno.EBADF;
        }

        if (replaced is not null)
        {
            await replaced.Put(cpu);
        }

        return to;
    }

    /// <summary>close().</summary>
    /// <returns>0 or -EBADF.</returns>
    internal async Op<long> Close(Cpu cpu, int fd)
    {
        await _lock.Acquire(cpu);
        FdTable table = _table.Get(cpu);
        OpenFile? file = table.Find(fd);
        if (file is not null)
        {
            _table.Set(cpu, table.Without(fd));
        }

        await _lock.Release(cpu);
        if (file is null)
        {
            return -(long)Errno.EBADF;
        }

        await file.Put(cpu);
        return 0;
    }

    /// <summary>dup_fd().</summary>
    private async Op<FilesStruct> Copy(Cpu cpu, string? label)
    {
        await _lock.Acquire(cpu);
        FdTable table = _table.Get(cpu);
        int index = 0;
        while (table.FileAt(index) is { } file)
        {
            await file.Get(cpu);
            index++;
        }

        await _lock.Release(cpu);
        return new FilesStruct(Machine, label, table);
    }

    private async Op Put(Cpu cpu)
    {
        if (await cpu.Rmw(_count, RmwKind.Add, -1) != 1)
        {
            return;
        }

        while (_table.Peek.First() is >= 0 and var fd)
        {
            await Close(cpu, fd);
        }

        await cpu.Free(this);
    }
}
