using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Kernel.Files;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Kernel.Syscalls.SystemCall;

namespace Sim.Kernel.Syscalls;

/// <summary>fcntl(). Source: fs/fcntl.c.</summary>
internal static class FcntlCalls
{
    private const int DupFd = 0;
    private const int GetFd = 1;
    private const int SetFd = 2;
    private const int GetFlags = 3;
    private const int DupFdCloseOnExec = 1030;
    private const long CloseOnExec = 1;

    /// <summary>What F_GETFL leaves out: what concerned open() alone.</summary>
    private const OpenFlags OfOpen = OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.Truncate | OpenFlags.CloseOnExec;

    internal static ImmutableArray<SystemCall> List { get; } =
    [
        Partial("fcntl", Fcntl, "F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL; others answer EINVAL"),
    ];

    private static async Op<long> Fcntl(Cpu cpu, SyscallArguments a)
    {
        if (cpu.Task().Files.Get(cpu) is not { } files || await files.Fget(cpu, (int)a.A) is not { } file)
        {
            return -(long)Errno.EBADF;
        }

        switch ((int)a.B)
        {
            case DupFd:
            case DupFdCloseOnExec:
                // The descriptor takes the reference over.
                long fd = a.C < 0
                    ? -(long)Errno.EINVAL
                    : await files.Install(cpu, file, a.B == DupFdCloseOnExec, (int)Math.Min(a.C, int.MaxValue - 1));
                if (fd < 0)
                {
                    await file.Put(cpu);
                }

                return fd;
            case GetFd:
                await file.Put(cpu);
                return await files.ClosesOnExec(cpu, (int)a.A) ? CloseOnExec : 0;
            case SetFd:
                await file.Put(cpu);
                await files.SetClosesOnExec(cpu, (int)a.A, (a.C & CloseOnExec) != 0);
                return 0;
            case GetFlags:
                await file.Put(cpu);
                return (long)(file.Flags & ~OfOpen);
            default:
                await file.Put(cpu);
                return -(long)Errno.EINVAL;
        }
    }
}
