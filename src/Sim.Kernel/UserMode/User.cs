using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Kernel.Lifecycle;
using Sim.Kernel.Memory;
using Sim.Kernel.Pids;
using Sim.Kernel.Syscalls;
using Sim.Kernel.Tasks;
using Sim.Kernel.Waiting;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.UserMode;

/// <summary>
/// The C library of a program that is a routine: each method is a system call, made by the task that runs
/// here. Results are those of the kernel: 0 or more, or a negated <see cref="Errno"/>.
/// </summary>
[Immutable]
public readonly struct User(Cpu cpu)
{
    /// <summary>The processor the program runs on.</summary>
    public Cpu Cpu => cpu;

    /// <summary>The task that runs the program.</summary>
    public TaskStruct Task => cpu.Task();

    private LinuxKernel Kernel => cpu.Task().Kernel;

    /// <summary>fork().</summary>
    /// <param name="child">What the child does.</param>
    /// <param name="name">The child's name in traces.</param>
    public Op<long> Fork(UserProgram child, string? name = null)
        => Clone((CloneFlags)Abi.Signals.SIGCHLD, child, name);

    /// <summary>vfork(): returns when the child has ended or called exec.</summary>
    /// <inheritdoc cref="Fork"/>
    public Op<long> Vfork(UserProgram child, string? name = null)
        => Clone(CloneFlags.VM | CloneFlags.Vfork | (CloneFlags)Abi.Signals.SIGCHLD, child, name);

    /// <summary>pthread_create(): a thread of the same group.</summary>
    /// <inheritdoc cref="Fork"/>
    public Op<long> CreateThread(UserProgram child, string? name = null) => Clone(
        CloneFlags.VM | CloneFlags.FS | CloneFlags.Files | CloneFlags.Sighand | CloneFlags.Thread | CloneFlags.Sysvsem,
        child,
        name);

    /// <summary>clone().</summary>
    /// <param name="flags">CLONE_* and the exit signal.</param>
    /// <param name="child">What the child does.</param>
    /// <param name="name">The child's name in traces.</param>
    public Op<long> Clone(CloneFlags flags, UserProgram child, string? name = null)
        => Clone(new CloneRequest(flags, child, name));

    /// <summary>clone() with a stack or a thread pointer.</summary>
    public async Op<long> Clone(CloneRequest request)
    {
        CallEnd end;
        do
        {
            long result = await Enter() ? await Kernel.Fork.DoFork(cpu, request) : -(long)Errno.ENOSYS;
            end = await Leave(result);
        }
        while (end.Restarts);

        return end.Result;
    }

    /// <summary>execve(): does not return unless it fails.</summary>
    /// <param name="program">The program.</param>
    /// <param name="file">Its path, whose last part names the task; null keeps the name that the task has.</param>
    public async Op<long> Exec(UserProgram program, string? file = null)
    {
        long result = await Enter() ? await Kernel.Exec.DoExecve(cpu, program, file: file) : -(long)Errno.ENOSYS;
        if (result == 0)
        {
            Task.Context.Get(cpu)!.DropFrames(cpu);
            Task.Context.Get(cpu)!.Result.Set(cpu, 0);
            await cpu.Become(Kernel.Gate.Run);
        }

        return (await Leave(result)).Result;
    }

    /// <summary>exit_group(): ends the process. Does not return.</summary>
    public async Op Exit(int code)
    {
        await Enter();
        await Kernel.Exit.DoGroupExit(cpu, WaitStatus.Exit(code));
    }

    /// <summary>exit(): ends this thread. Does not return.</summary>
    public async Op ExitThread(int code)
    {
        await Enter();
        await Kernel.Exit.DoExit(cpu, WaitStatus.Exit(code));
    }

    /// <summary>wait4().</summary>
    /// <returns><see cref="WaitResult.Result"/> is the answer of the call.</returns>
    public async Op<WaitResult> Wait4(int pid, WaitOptions options = WaitOptions.None)
    {
        CallEnd end;
        WaitResult result;
        do
        {
            result = await Enter() ? await Kernel.Wait.Wait4(cpu, pid, options) : WaitResult.Failed(Errno.ENOSYS);
            end = await Leave(result.Result);
        }
        while (end.Restarts);

        return result with { Result = end.Result };
    }

    /// <summary>waitid(): answers 0 for a child found, which <see cref="WaitResult.Result"/> names here.</summary>
    public async Op<WaitResult> Waitid(IdType which, int id, WaitOptions options)
    {
        CallEnd end;
        WaitResult result;
        do
        {
            result = await Enter() ? await Kernel.Wait.Waitid(cpu, which, id, options) : WaitResult.Failed(Errno.ENOSYS);
            end = await Leave(result.Result);
        }
        while (end.Restarts);

        return result with { Result = end.Result };
    }

    /// <summary>kill().</summary>
    public async Op<long> Kill(long pid, int signal)
        => (await Leave(await Enter() ? await Kernel.Kill.Kill(cpu, (int)pid, signal) : -(long)Errno.ENOSYS)).Result;

    /// <summary>tgkill(); with 0 for the process it is tkill().</summary>
    public async Op<long> Tgkill(long tgid, long tid, int signal)
        => (await Leave(await Enter()
            ? await Kernel.Kill.Tgkill(cpu, (int)tgid, (int)tid, signal)
            : -(long)Errno.ENOSYS)).Result;

    /// <summary>sigqueue(): a signal with a value.</summary>
    public async Op<long> Sigqueue(long pid, int signal, long value)
    {
        var info = new SigInfo(signal, SiCode.Queue) { Pid = Task.Tgid, Value = value };
        return (await Leave(await Enter() ? await Kernel.Kill.Sigqueue(cpu, (int)pid, info) : -(long)Errno.ENOSYS)).Result;
    }

    /// <summary>sigaction().</summary>
    /// <returns>0 or a negated error.</returns>
    public async Op<long> Sigaction(int signal, SigAction action)
    {
        Errno error = await Enter() ? (await Kernel.Masks.Sigaction(cpu, signal, action)).Error : Errno.ENOSYS;
        return (await Leave(-(long)error)).Result;
    }

    /// <summary>sigprocmask(); answers what was blocked.</summary>
    public async Op<SigSet> Sigprocmask(SigHow how, SigSet set)
    {
        await Enter();
        (Errno error, SigSet old) = await Kernel.Masks.Sigprocmask(cpu, how, set);
        await Leave(-(long)error);
        return old;
    }

    /// <summary>sigpending().</summary>
    public async Op<SigSet> Sigpending()
    {
        await Enter();
        SigSet waiting = await Kernel.Masks.Sigpending(cpu);
        await Leave(0);
        return waiting;
    }

    /// <summary>sigsuspend(); answers -EINTR after a handler has run.</summary>
    public async Op<long> Sigsuspend(SigSet mask)
    {
        CallEnd end;
        do
        {
            end = await Leave(await Enter() ? await Kernel.Masks.Sigsuspend(cpu, mask) : -(long)Errno.ENOSYS);
        }
        while (end.Restarts);

        return end.Result;
    }

    /// <summary>pause(); answers -EINTR after a handler has run.</summary>
    public async Op<long> Pause()
    {
        CallEnd end;
        do
        {
            end = await Leave(await Enter() ? await Kernel.Masks.Pause(cpu) : -(long)Errno.ENOSYS);
        }
        while (end.Restarts);

        return end.Result;
    }

    /// <summary>sigtimedwait() without or with a zero time-out.</summary>
    /// <returns>The siginfo; its number is 0 when none came.</returns>
    public async Op<SigInfo> Sigwait(SigSet these, bool waits = true)
    {
        await Enter();
        (Errno error, SigInfo info) = await Kernel.Masks.Sigtimedwait(
            cpu, these, waits ? Time.Timekeeper.Never : 0);
        await Leave(error == Errno.None ? info.Signo : -(long)error);
        return info;
    }

    /// <summary>getpid().</summary>
    public int Getpid() => Task.Tgid;

    /// <summary>gettid().</summary>
    public int Gettid() => Task.Pid.Get(cpu);

    /// <summary>getppid().</summary>
    public async Op<long> Getppid()
    {
        await Enter();
        return (await Leave(await Kernel.Numbers.ParentOf(cpu, Task))).Result;
    }

    /// <summary>setpgid().</summary>
    public async Op<long> Setpgid(int pid, int pgid)
        => (await Leave(await Enter() ? await Kernel.Numbers.Setpgid(cpu, pid, pgid) : -(long)Errno.ENOSYS)).Result;

    /// <summary>getpgid().</summary>
    public async Op<long> Getpgid(int pid)
        => (await Leave(await Enter() ? await Kernel.Numbers.GetNumber(cpu, PidType.Pgid, pid) : -(long)Errno.ENOSYS)).Result;

    /// <summary>getsid().</summary>
    public async Op<long> Getsid(int pid)
        => (await Leave(await Enter() ? await Kernel.Numbers.GetNumber(cpu, PidType.Sid, pid) : -(long)Errno.ENOSYS)).Result;

    /// <summary>setsid().</summary>
    public async Op<long> Setsid()
        => (await Leave(await Enter() ? await Kernel.Numbers.Setsid(cpu) : -(long)Errno.ENOSYS)).Result;

    /// <summary>prctl(PR_SET_PDEATHSIG).</summary>
    public async Op<long> SetPdeathsig(int signal)
    {
        bool valid = Abi.Signals.IsValid(signal);
        await Enter();
        if (valid)
        {
            await cpu.Store(Task.PdeathSignal, signal);
        }

        return (await Leave(valid ? 0 : -(long)Errno.EINVAL)).Result;
    }

    /// <summary>sched_yield().</summary>
    public async Op Yield()
    {
        await Enter();
        await cpu.Yield();
        await Leave(0);
    }

    /// <summary>Reads user memory: a bad address is SIGSEGV, and the read is tried again when its handler returns.</summary>
    public async Op<long> Load(ulong address, int size)
    {
        while (true)
        {
            UserWord word = await Task.Mm.Get(cpu)!.Load(cpu, address, size);
            if (word.Fault == FaultCode.None)
            {
                return word.Value;
            }

            await Fault(word);
        }
    }

    /// <summary>Writes user memory. See <see cref="Load"/>.</summary>
    public async Op Store(ulong address, int size, long value)
    {
        while (true)
        {
            UserWord word = await Task.Mm.Get(cpu)!.Store(cpu, address, size, value);
            if (word.Fault == FaultCode.None)
            {
                return;
            }

            await Fault(word);
        }
    }

    /// <summary>Computes in user mode until an interrupt comes, and does what it asks for.</summary>
    public async Op RunUntilInterrupt()
    {
        await cpu.RmwWhen(Task.Interrupt, GuardKind.NotEqual, 0, RmwKind.Exchange, 0);
        await Kernel.Gate.Interrupted(cpu);
    }

    private async Op Fault(UserWord word)
    {
        (int signal, int code) = word.Fault.Signal();
        await Kernel.Send.Force(cpu, new SigInfo(signal, code) { Address = word.Address });
        await Kernel.Gate.Interrupted(cpu);
    }

    /// <summary>Makes a system call of the table by its name.</summary>
    /// <param name="name">What 2.6.32 calls it.</param>
    /// <param name="a">The first argument; structures are passed by user address.</param>
    /// <param name="b">The second.</param>
    /// <param name="c">The third.</param>
    /// <param name="d">The fourth.</param>
    /// <param name="e">The fifth.</param>
    /// <param name="f">The sixth.</param>
    /// <returns>0 or more, or a negated error; -ENOSYS for a name that the architecture does not have.</returns>
    public Op<long> Syscall(string name, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0)
    {
        SyscallNumbering numbering = Kernel.Options.Numbering;
        return Syscall(SyscallDispatch.NumberOf(numbering, name), new SyscallArguments(numbering, a, b, c, d, e, f));
    }

    /// <summary>Makes a system call by its number.</summary>
    /// <param name="number">The number, for the programs that the arguments are of.</param>
    /// <param name="arguments">The arguments.</param>
    /// <returns>0 or more, or a negated error; -ENOSYS for a number without call.</returns>
    public async Op<long> Syscall(int number, SyscallArguments arguments)
    {
        CallEnd end;
        do
        {
            long result = await Enter() ? await Kernel.Syscalls.Run(cpu, number, arguments) : -(long)Errno.ENOSYS;
            end = await Leave(result);
            if (result == -(long)Errno.ERESTART_RESTARTBLOCK)
            {
                number = SyscallDispatch.NumberOf(arguments.Numbering, "restart_syscall");
            }
        }
        while (end.Restarts);

        return end.Result;
    }

    private Op<bool> Enter() => Kernel.Gate.Enter(cpu);

    private Op<CallEnd> Leave(long result) => Kernel.Gate.Leave(cpu, result);
}
