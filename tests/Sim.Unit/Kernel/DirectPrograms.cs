using System.Collections.Immutable;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Unit.Kernel;

/// <summary>A kernel in direct mode, the programs that the tests run on it, and what these have noted.</summary>
internal sealed class DirectPrograms : MachineObject
{
    private readonly Shared<int> _handled;
    private readonly Shared<long> _seen;
    private ImmutableList<string> _notes = [];

    internal DirectPrograms(KernelOptions? options = null)
        : base(new SimMachine(new MachineOptions { Mode = RunMode.Direct }), "programs")
    {
        Kernel = new LinuxKernel(Machine, null, options ?? new KernelOptions { PidMax = 1 << 17 });
        _handled = new Shared<int>(this, "handled");
        _seen = new Shared<long>(this, "seen");
    }

    internal LinuxKernel Kernel { get; }

    internal int Handled => _handled.Peek;

    /// <summary>What the programs wrote down, oldest first.</summary>
    internal IReadOnlyList<string> Notes => _notes;

    internal TaskStruct Process(Func<User, Op<int>> main, TaskStruct? parent = null)
        => Kernel.MakeProcess("process", parent, new RoutineProgram(main));

    internal static async Op<int> Sleep(User user)
    {
        await user.Pause();
        return 0;
    }

    internal async Op<int> ReapAll(User user)
    {
        WaitResult reaped = await user.Wait4(-1);
        while (reaped.Result > 0)
        {
            await user.Cpu.Rmw(_handled, RmwKind.Add, 1);
            reaped = await user.Wait4(-1);
        }

        return 0;
    }

    /// <summary>Forks and waits for each child in turn.</summary>
    internal async Op<int> ForkAndWait(User user)
    {
        for (int i = 0; i < 1000; i++)
        {
            long child = await user.Fork(new RoutineProgram(Seven));
            WaitResult ended = await user.Wait4((int)child);
            if (ended.Result != child || ended.Status != WaitStatus.Exit(7))
            {
                Note($"wait for {child} answered {ended}");
            }
        }

        Note(await user.Wait4(-1));
        return 0;
    }

    /// <summary>Threads that end by themselves, and then exit_group() with threads that sleep.</summary>
    internal async Op<int> ManyThreads(User user)
    {
        for (int i = 0; i < 100; i++)
        {
            await user.CreateThread(new RoutineProgram(CountAndEnd));
        }

        while (await user.Cpu.Load(_handled) < 100)
        {
            await user.Yield();
        }

        for (int i = 0; i < 10; i++)
        {
            await user.CreateThread(new RoutineProgram(Sleep));
        }

        await user.Yield();
        return 7;
    }

    /// <summary>The leader goes first; the process ends with its last thread.</summary>
    internal async Op<int> LeaderFirst(User user)
    {
        await user.CreateThread(new RoutineProgram(CountAndEnd));
        await user.ExitThread(7);
        return 0;
    }

    internal async Op<int> SignalsItself(User user)
    {
        await user.Sigaction(Signals.SIGUSR1, SigAction.Run(new RoutineHandler(Handle)));
        for (int i = 0; i < 1000; i++)
        {
            await user.Kill(user.Getpid(), Signals.SIGUSR1);
        }

        return 0;
    }

    /// <summary>Blocked signals of one number are one, realtime signals are each their own.</summary>
    internal async Op<int> BlocksAndQueues(User user)
    {
        await user.Sigaction(Signals.SIGUSR1, SigAction.Run(new RoutineHandler(Handle)));
        await user.Sigaction(Signals.SIGRTMIN, SigAction.Run(new RoutineHandler(Handle)));
        await user.Sigprocmask(SigHow.Block, SigSet.All);
        for (int i = 0; i < 3; i++)
        {
            await user.Kill(user.Getpid(), Signals.SIGUSR1);
            await user.Sigqueue(user.Getpid(), Signals.SIGRTMIN, i);
        }

        await user.Sigprocmask(SigHow.SetMask, default);
        return 0;
    }

    /// <summary>Sleeps until its child signals it; the child waits for its parent's answer, which kills it.</summary>
    internal async Op<int> SignalsAcross(User user)
    {
        await user.Sigaction(Signals.SIGUSR1, SigAction.Run(new RoutineHandler(Handle)));
        long child = await user.Fork(new RoutineProgram(SignalsItsParent));
        Note(await user.Pause());
        await user.Kill(child, Signals.SIGTERM);
        Note((await user.Wait4((int)child)).Status);
        return 0;
    }

    internal async Op<int> StopsAChild(User user)
    {
        long child = await user.Fork(new RoutineProgram(Sleep));
        await user.Kill(child, Signals.SIGSTOP);
        Note((await user.Wait4((int)child, WaitOptions.Untraced)).Status);
        await user.Kill(child, Signals.SIGCONT);
        Note((await user.Wait4((int)child, WaitOptions.Continued)).Status);
        Note((await user.Wait4((int)child, WaitOptions.NoHang)).Result);
        await user.Kill(child, Signals.SIGSTOP);
        Note((await user.Wait4((int)child, WaitOptions.Untraced)).Status);
        await user.Kill(child, Signals.SIGKILL);
        Note((await user.Wait4((int)child)).Status);
        return 0;
    }

    /// <summary>A thread that is not the leader calls exec; its process keeps its number.</summary>
    internal async Op<int> ExecsInAThread(User user)
    {
        long child = await user.Fork(new RoutineProgram(LetsAThreadExec));
        WaitResult ended = await user.Wait4((int)child);
        Note(ended.Status);
        Note(await user.Cpu.Load(_seen) == child);
        return 0;
    }

    internal async Op<int> Vforks(User user)
    {
        long first = await user.Vfork(new RoutineProgram(Seven));
        Note((await user.Wait4((int)first, WaitOptions.NoHang)).Status);
        long second = await user.Vfork(new RoutineProgram(ExecsAndSleeps));
        Note((await user.Wait4((int)second, WaitOptions.NoHang)).Result);
        await user.Kill(second, Signals.SIGKILL);
        Note((await user.Wait4((int)second)).Status);
        return 0;
    }

    /// <summary>A second thread waits by number: for a child of the leader, and for a task that is no child.</summary>
    internal async Op<int> WaitsInAnotherThread(User user)
    {
        await user.Cpu.Store(_seen, await user.Fork(new RoutineProgram(Seven)));
        await user.CreateThread(new RoutineProgram(WaitsForTheLeadersChild));
        return await Sleep(user);
    }

    /// <summary>Leaves a grandchild behind that outlives its parent.</summary>
    internal async Op<int> LeavesAnOrphan(User user)
    {
        await user.Fork(new RoutineProgram(CountsLater));
        return 0;
    }

    internal async Op<int> KillsEveryone(User user)
    {
        Note(await user.Kill(-1, Signals.SIGTERM));
        return 0;
    }

    private static Op<int> Seven(User user) => Op<int>.Of(7);

    private async Op<int> CountsLater(User user)
    {
        await user.Yield();
        await user.Yield();
        return await CountAndEnd(user);
    }

    private async Op<int> CountAndEnd(User user)
    {
        await user.Cpu.Rmw(_handled, RmwKind.Add, 1);
        await user.ExitThread(0);
        return 0;
    }

    private async Op<int> WaitsForTheLeadersChild(User user)
    {
        int child = (int)await user.Cpu.Load(_seen);
        Note((await user.Wait4(child, WaitOptions.NoThread)).Result);
        Note((await user.Wait4(user.Gettid())).Result);
        Note((await user.Wait4(1)).Result);
        Note((await user.Wait4(child, WaitOptions.Clone)).Result);
        Note((await user.Wait4(child)).Status);
        Note((await user.Wait4(child)).Result);
        return 0;
    }

    private async Op<int> SignalsItsParent(User user)
    {
        await user.Yield();
        await user.Kill(await user.Getppid(), Signals.SIGUSR1);
        return await Sleep(user);
    }

    private async Op<int> LetsAThreadExec(User user)
    {
        await user.CreateThread(new RoutineProgram(Execs));
        return await Sleep(user);
    }

    private async Op<int> Execs(User user)
    {
        await user.Exec(new RoutineProgram(TellsItsNumber));
        return 1;
    }

    private async Op<int> TellsItsNumber(User user)
    {
        await user.Cpu.Store(_seen, user.Gettid());
        return 7;
    }

    private async Op<int> ExecsAndSleeps(User user)
    {
        await user.Exec(new RoutineProgram(Sleep));
        return 1;
    }

    private async Op Handle(User user, SigInfo info) => await user.Cpu.Rmw(_handled, RmwKind.Add, 1);

    private void Note(object what) => _notes = _notes.Add(FormattableString.Invariant($"{what}"));
}
