using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Files;

/// <summary>
/// struct fs_struct: the working directory, shared with CLONE_FS. It is made when it is first needed: a task without
/// one is in the root. Source: fs/fs_struct.c.
/// </summary>
public sealed class FsStruct : MachineObject
{
    private readonly SpinLock _lock;
    private readonly Shared<int> _users;
    private readonly GuardedRef<Directory> _pwd;

    private FsStruct(LinuxKernel kernel, Directory pwd)
        : base(kernel.Machine, "fs")
    {
        _lock = new SpinLock(this, LockClass.FileTable, "fs.lock");
        _users = new Shared<int>(this, "users", 1);
        _pwd = new GuardedRef<Directory>(this, "pwd", _lock, pwd);
    }

    /// <summary>copy_fs().</summary>
    /// <remarks>Context: current, in fork. Locks: none.</remarks>
    internal static async Op<FsStruct?> ForChild(Cpu cpu, bool shares)
    {
        TaskStruct parent = cpu.Task();
        if (parent.Files.Get(cpu) is null || (!shares && parent.Fs.Get(cpu) is null))
        {
            return null;
        }

        FsStruct own = await Of(cpu, parent);
        if (shares)
        {
            await cpu.Rmw(own._users, RmwKind.Add, 1);
            return own;
        }

        Directory pwd = await own.GetPwd(cpu);
        return new FsStruct(parent.Kernel, pwd);
    }

    /// <summary>exit_fs().</summary>
    internal static async Op Drop(Cpu cpu, TaskStruct task)
    {
        if (task.Fs.Get(cpu) is not { } fs)
        {
            return;
        }

        task.Fs.Set(cpu, null);
        if (await cpu.Rmw(fs._users, RmwKind.Add, -1) == 1)
        {
            await fs._lock.Acquire(cpu);
            Directory pwd = fs._pwd.Get(cpu)!;
            await fs._lock.Release(cpu);
            await pwd.Put(cpu);
            await cpu.Free(fs);
        }
    }

    /// <summary>The working directory of the current task, with a reference.</summary>
    internal static async Op<Directory> PwdOf(Cpu cpu)
    {
        TaskStruct task = cpu.Task();
        if (task.Fs.Get(cpu) is { } fs)
        {
            return await fs.GetPwd(cpu);
        }

        Directory root = task.Kernel.Root.Top;
        await root.Get(cpu);
        return root;
    }

    /// <summary>set_fs_pwd(): takes over a reference.</summary>
    internal static async Op SetPwd(Cpu cpu, Directory pwd)
    {
        FsStruct fs = await Of(cpu, cpu.Task());
        await fs._lock.Acquire(cpu);
        Directory old = fs._pwd.Get(cpu)!;
        fs._pwd.Set(cpu, pwd);
        await fs._lock.Release(cpu);
        await old.Put(cpu);
    }

    private static async Op<FsStruct> Of(Cpu cpu, TaskStruct task)
    {
        if (task.Fs.Get(cpu) is { } fs)
        {
            return fs;
        }

        Directory root = task.Kernel.Root.Top;
        await root.Get(cpu);
        fs = new FsStruct(task.Kernel, root);
        task.Fs.Set(cpu, fs);
        return fs;
    }

    private async Op<Directory> GetPwd(Cpu cpu)
    {
        await _lock.Acquire(cpu);
        Directory pwd = _pwd.Get(cpu)!;
        await pwd.Get(cpu);
        await _lock.Release(cpu);
        return pwd;
    }
}
