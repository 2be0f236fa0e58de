using System.Collections.Immutable;
using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Memory;
using Sim.Kernel.Pids;
using Sim.Kernel.Tasks;
using Sim.Kernel.Waiting;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using static Sim.Kernel.Syscalls.SystemCall;

namespace Sim.Kernel.Syscalls;

/// <summary>Calls about processes, and what is left. Source: kernel/sys.c, kernel/exit.c, kernel/fork.c.</summary>
internal static class ProcessCalls
{
    private const long Fault = -(long)Errno.EFAULT;
    private const long Invalid = -(long)Errno.EINVAL;

    internal static ImmutableArray<SystemCall> List { get; } =
    [
        Full("getpid", (cpu, _) => Op<long>.Of(cpu.Task().Tgid)),
        Full("gettid", (cpu, _) => Op<long>.Of(cpu.Task().Pid.Get(cpu))),
        Full("getppid", async (cpu, _) => await cpu.Task().Kernel.Numbers.ParentOf(cpu, cpu.Task())),
        Full("getpgrp", async (cpu, _) => await cpu.Task().Kernel.Numbers.OwnGroup(cpu)),
        Full("getpgid", (cpu, a) => cpu.Task().Kernel.Numbers.GetNumber(cpu, PidType.Pgid, (int)a.A)),
        Full("setpgid", (cpu, a) => cpu.Task().Kernel.Numbers.Setpgid(cpu, (int)a.A, (int)a.B)),
        Full("getsid", (cpu, a) => cpu.Task().Kernel.Numbers.GetNumber(cpu, PidType.Sid, (int)a.A)),
        Full("setsid", (cpu, _) => cpu.Task().Kernel.Numbers.Setsid(cpu)),
        Partial("getuid", Zero, "there is one user"),
        Partial("geteuid", Zero, "there is one user"),
        Partial("getgid", Zero, "there is one user"),
        Partial("getegid", Zero, "there is one user"),
        Full("exit", Exit),
        Full("exit_group", ExitGroup),
        Partial("wait4", Wait4, "the rusage is 0", "BD"),
        Partial("waitid", Waitid, "the rusage is 0", "CE"),
        Partial("prctl", Prctl, "PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_SET_NAME, PR_GET_NAME"),
        Full("set_tid_address", SetTidAddress),
        Full("sched_yield", Yield),
        Full("uname", Uname, "A"),
        Partial("getrandom", Getrandom, "3.17; seeded, and never blocks", "A"),
        Partial("ptrace", Ptrace, "by the debugger layer when there is one; otherwise ENOSYS"),
        Full("restart_syscall", Restart),
    ];

    private static Op<long> Zero(Cpu cpu, SyscallArguments a) => Op<long>.Of(0);

    private static async Op<long> Exit(Cpu cpu, SyscallArguments a)
    {
        await cpu.Task().Kernel.Exit.DoExit(cpu, WaitStatus.Exit((int)a.A));
        return 0;
    }

    private static async Op<long> ExitGroup(Cpu cpu, SyscallArguments a)
    {
        await cpu.Task().Kernel.Exit.DoGroupExit(cpu, WaitStatus.Exit((int)a.A));
        return 0;
    }

    private static async Op<long> Wait4(Cpu cpu, SyscallArguments a)
    {
        const int IntSize = 4;
        if (!await cpu.CanWriteIfAsked(a.B, IntSize) || !await cpu.CanWriteIfAsked(a.D, a.Layout.RusageSize))
        {
            return Fault;
        }

        WaitResult found = await cpu.Task().Kernel.Wait.Wait4(cpu, (int)a.A, (WaitOptions)(uint)a.C);
        if (found.Result <= 0)
        {
            return found.Result;
        }

        long result = await cpu.ToUserIfAsked(a.B, a.Layout.Ints(found.Status));
        result = result < 0 ? result : await cpu.ToUserIfAsked(a.D, Rusage(a.Layout));
        return result < 0 ? result : found.Result;
    }

    private static async Op<long> Waitid(Cpu cpu, SyscallArguments a)
    {
        if (!await cpu.CanWriteIfAsked(a.C, SiginfoImage.Size) ||
            !await cpu.CanWriteIfAsked(a.E, a.Layout.RusageSize))
        {
            return Fault;
        }

        WaitResult found = await cpu.Task().Kernel.Wait.Waitid(cpu, (IdType)a.A, (int)a.B, (WaitOptions)(uint)a.D);
        if (found.Result < 0)
        {
            return found.Result;
        }

        SigInfo info = found.Result == 0
            ? default
            : new SigInfo(Abi.Signals.SIGCHLD, found.Code) { Pid = (int)found.Result, Status = found.Value };
        long result = await cpu.ToUserIfAsked(a.C, SignalCalls.SiginfoOf(a.Layout, info));
        return result < 0 || found.Result == 0 ? result : await cpu.ToUserIfAsked(a.E, Rusage(a.Layout));
    }

    private static Bytes Rusage(UserLayout layout) => Bytes.Of(stackalloc byte[layout.RusageSize]);

    private static async Op<long> Prctl(Cpu cpu, SyscallArguments a)
    {
        const int SetPdeathsig = 1;
        const int GetPdeathsig = 2;
        const int SetName = 15;
        const int GetName = 16;
        const int NameSize = TaskStruct.CommLength;
        TaskStruct task = cpu.Task();
        switch ((int)a.A)
        {
            case SetPdeathsig:
                if (!Abi.Signals.IsValid((int)a.B))
                {
                    return Invalid;
                }

                await cpu.WriteOnce(task.PdeathSignal, (int)a.B);
                return 0;
            case GetPdeathsig:
                return await cpu.ToUser(a.B, a.Layout.Ints(await cpu.ReadOnce(task.PdeathSignal)));
            case SetName:
                if (task.Mm.Get(cpu) is not { } mm)
                {
                    return Fault;
                }

                (Bytes name, Errno error) = await mm.CopyText(cpu, (ulong)a.B, NameSize - 1);
                if (error == Errno.None)
                {
                    task.Comm.Set(cpu, name);
                }

                return -(long)error;
            case GetName:
                return await cpu.ToUser(a.B, Padded(task.Comm.Get(cpu), NameSize));
            default:
                return Invalid;
        }
    }

    private static Bytes Padded(Bytes text, int size)
    {
        Span<byte> bytes = stackalloc byte[size];
        text.Span.CopyTo(bytes);
        return Bytes.Of(bytes);
    }

    private static Op<long> SetTidAddress(Cpu cpu, SyscallArguments a)
    {
        cpu.Task().ClearChildTid.Set(cpu, (ulong)a.A);
        return Op<long>.Of(cpu.Task().Pid.Get(cpu));
    }

    private static async Op<long> Yield(Cpu cpu, SyscallArguments a)
    {
        await cpu.Yield();
        return 0;
    }

    private static Op<long> Uname(Cpu cpu, SyscallArguments a)
        => cpu.ToUser(a.A, Utsname(cpu.Task().Kernel.Options.Release, a.Numbering switch
        {
            SyscallNumbering.X86_64 => "x86_64",
            SyscallNumbering.I386 => "i686",
            SyscallNumbering.Ppc64 => "ppc64",
            SyscallNumbering.Ppc32 => "ppc",
            _ => throw new System.Diagnostics.UnreachableException(),
        }));

    /// <summary>struct new_utsname: six texts of 65 bytes.</summary>
    private static Bytes Utsname(string release, string machine)
    {
        const int FieldSize = 65;
        Bytes image = Bytes.Empty;
        foreach (string field in (ReadOnlySpan<string>)["Linux", "sim", release, "#1", machine, "(none)"])
        {
            image = image.With(Padded(Bytes.Of(System.Text.Encoding.ASCII.GetBytes(field)), FieldSize).Span);
        }

        return image;
    }

    private static async Op<long> Getrandom(Cpu cpu, SyscallArguments a)
    {
        const long Flags = 3;
        const int MostAtOnce = 256;
        if ((a.C & ~Flags) != 0)
        {
            return Invalid;
        }

        int count = (int)Math.Clamp(a.B, 0, MostAtOnce);
        if (!await cpu.CanWrite(a.A, count))
        {
            return Fault;
        }

        Bytes bytes = Bytes.Empty;
        while (bytes.Length < count)
        {
            ulong state = await cpu.Rmw(cpu.Task().Kernel.RandomState, RmwKind.Add, 0x9E3779B97F4A7C15UL);
            bytes = bytes.With((long)StateHash.Mix(state, 0), Math.Min(8, count - bytes.Length));
        }

        return await cpu.ToUser(a.A, bytes) is < 0 and var fault ? fault : count;
    }

    private static Op<long> Ptrace(Cpu cpu, SyscallArguments a)
        => cpu.Task().Kernel.Options.Ptrace is { } port
            ? port.Ptrace(cpu, a)
            : Op<long>.Of(-(long)Errno.ENOSYS);

    private static Op<long> Restart(Cpu cpu, SyscallArguments a)
        => cpu.Task().Restart.Get(cpu) is { } block ? block.Run(cpu) : Op<long>.Of(-(long)Errno.EINTR);
}
