using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Kernel.Files;
using Sim.Kernel.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Kernel.Syscalls.SystemCall;

namespace Sim.Kernel.Syscalls;

/// <summary>Calls about names and directories. Source: fs/namei.c, fs/open.c, fs/dcache.c.</summary>
internal static class PathCalls
{
    private const string NoModes = "modes are not checked";

    internal static ImmutableArray<SystemCall> List { get; } =
    [
        Partial("access", Access, "files have no execute permission, everything else is permitted", "A"),
        Partial("readlink", Readlink, "there are no symbolic links: EINVAL", "A"),
        Full("getcwd", Getcwd, "A"),
        Full("chdir", Chdir, "A"),
        Partial("mkdir", Mkdir, NoModes, "A"),
        Partial("rmdir", Rmdir, NoModes, "A"),
        Partial("unlink", Unlink, NoModes, "A"),
        Partial("rename", Rename, NoModes, "AB"),
    ];

    private static async Op<long> Mkdir(Cpu cpu, SyscallArguments a)
    {
        (Bytes path, Errno error) = await cpu.PathFromUser(a.A);
        return -(long)(error != Errno.None ? error : await cpu.Task().Kernel.Root.MakeDirectory(cpu, path));
    }

    private static async Op<long> Rmdir(Cpu cpu, SyscallArguments a)
    {
        (Bytes path, Errno error) = await cpu.PathFromUser(a.A);
        return -(long)(error != Errno.None ? error : await cpu.Task().Kernel.Root.RemoveDirectory(cpu, path));
    }

    private static async Op<long> Unlink(Cpu cpu, SyscallArguments a)
    {
        (Bytes path, Errno error) = await cpu.PathFromUser(a.A);
        return -(long)(error != Errno.None ? error : await cpu.Task().Kernel.Root.Unlink(cpu, path));
    }

    private static async Op<long> Rename(Cpu cpu, SyscallArguments a)
    {
        (Bytes from, Errno error) = await cpu.PathFromUser(a.A);
        if (error != Errno.None)
        {
            return -(long)error;
        }

        (Bytes to, error) = await cpu.PathFromUser(a.B);
        return -(long)(error != Errno.None ? error : await cpu.Task().Kernel.Root.Rename(cpu, from, to));
    }

    private static async Op<(FileBody? Body, Errno Error)> Lookup(Cpu cpu, long address)
    {
        (Bytes path, Errno error) = await cpu.PathFromUser(address);
        return error != Errno.None ? (null, error) : await cpu.Task().Kernel.Root.Lookup(cpu, path);
    }

    private static async Op<long> Access(Cpu cpu, SyscallArguments a)
    {
        const long Execute = 1;
        const long All = 7;
        if ((a.B & ~All) != 0)
        {
            return -(long)Errno.EINVAL;
        }

        (FileBody? body, Errno error) = await Lookup(cpu, a.A);
        if (body is null)
        {
            return -(long)error;
        }

        await body.Put(cpu);
        const int AnyExecute = 0x49; // 0111
        return (a.B & Execute) != 0 && (body.Mode & AnyExecute) == 0 ? -(long)Errno.EACCES : 0;
    }

    private static async Op<long> Readlink(Cpu cpu, SyscallArguments a)
    {
        if ((int)a.C <= 0)
        {
            return -(long)Errno.EINVAL;
        }

        (FileBody? body, Errno error) = await Lookup(cpu, a.A);
        if (body is null)
        {
            return -(long)error;
        }

        await body.Put(cpu);
        return -(long)Errno.EINVAL;
    }

    private static async Op<long> Chdir(Cpu cpu, SyscallArguments a)
    {
        (FileBody? body, Errno error) = await Lookup(cpu, a.A);
        if (body is Files.Directory directory)
        {
            await FsStruct.SetPwd(cpu, directory);
            return 0;
        }

        if (body is null)
        {
            return -(long)error;
        }

        await body.Put(cpu);
        return -(long)Errno.ENOTDIR;
    }

    private static async Op<long> Getcwd(Cpu cpu, SyscallArguments a)
    {
        (Bytes path, Errno error) = await cpu.Task().Kernel.Root.PathOfPwd(cpu);
        if (error != Errno.None)
        {
            return -(long)error;
        }

        int size = path.Length + 1;
        if ((ulong)a.B < (ulong)size)
        {
            return -(long)Errno.ERANGE;
        }

        return await cpu.ToUser(a.A, path.With([0])) is < 0 and var fault ? fault : size;
    }
}
