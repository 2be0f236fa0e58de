using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Bench;

/// <summary>What a worker can be told to do.</summary>
internal enum Task
{
    None,
    ForkExitWait,
    SignalRoundTrip,
    Thread,
    StopAndContinue,
}

/// <summary>A kernel with many tasks that sleep, their parent, and a process apart; these two work when they are told to.</summary>
internal sealed class Population : MachineObject
{
    private readonly Desk _parent;
    private readonly Desk _worker;

    internal Population(SimMachine machine, int sleepers)
        : base(machine, "population")
    {
        Kernel = new LinuxKernel(machine, null, new KernelOptions { PidMax = 1 << 18, ReservedPids = 300 });
        _parent = new Desk(machine);
        _worker = new Desk(machine);
        Kernel.MakeInit(new Worker(_parent, sleepers));
        machine.Run();
        if (Kernel.PeekNrThreads != sleepers + 1)
        {
            throw new InvalidOperationException("not every sleeper was made");
        }

        Kernel.MakeProcess("worker", null, new Worker(_worker, 0));
        machine.Run();
    }

    internal LinuxKernel Kernel { get; }

    /// <summary>The process apart does something; its children are none of the sleepers.</summary>
    internal void Do(Task task, int rounds) => Tell(_worker, task, rounds);

    /// <summary>The parent of the sleepers forks and waits.</summary>
    internal void DoByParent(int rounds) => Tell(_parent, Task.ForkExitWait, rounds);

    private void Tell(Desk desk, Task task, int rounds)
    {
        Cpu boot = Machine.BootCpu;
        boot.Store(desk.Rounds, rounds).GetResult();
        boot.Store(desk.Task, task).GetResult();
        Machine.Run();
        if (desk.Task.Peek != Task.None || desk.Rounds.Peek != 0)
        {
            throw new InvalidOperationException($"{task} was not done");
        }
    }

    /// <summary>What one worker has to do, and how often still.</summary>
    private sealed class Desk : MachineObject
    {
        internal Desk(SimMachine machine)
            : base(machine, "desk")
        {
            Task = new Shared<Task>(this, "task");
            Rounds = new Shared<int>(this, "rounds");
        }

        internal Shared<Task> Task { get; }

        internal Shared<int> Rounds { get; }
    }

    /// <summary>Makes its sleepers, and then does what it is told to.</summary>
    private sealed class Worker(Desk desk, int sleepers) : UserProgram
    {
        public override async Op<int> Main(User user)
        {
            for (int i = 0; i < sleepers; i++)
            {
                await user.Fork(Sleeper.Program);
            }

            await user.Sigaction(Signals.SIGUSR1, SigAction.Run(new CountingHandler(desk)));
            while (true)
            {
                Task task = await user.Cpu.LoadWhen(desk.Task, GuardKind.NotEqual, Task.None);
                await Do(user, task, await user.Cpu.Load(desk.Rounds));
                await user.Cpu.Store(desk.Task, Task.None);
            }
        }

        private async Op Do(User user, Task task, int rounds)
        {
            long child = task == Task.StopAndContinue ? await user.Fork(Sleeper.Program) : 0;
            for (int i = 0; i < rounds; i++)
            {
                await Round(user, task, child);
            }

            if (child != 0)
            {
                await user.Kill(child, Signals.SIGKILL);
                await user.Wait4((int)child);
            }
        }

        private async Op Round(User user, Task task, long child)
        {
            switch (task)
            {
                case Task.ForkExitWait:
                    child = await user.Fork(Exiting.Program);
                    Count(await user.Wait4((int)child), child);
                    break;
                case Task.SignalRoundTrip:
                    await user.Kill(user.Getpid(), Signals.SIGUSR1);
                    break;
                case Task.Thread:
                    await user.CreateThread(Exiting.Thread);
                    await user.Yield();
                    await user.Cpu.Rmw(desk.Rounds, RmwKind.Add, -1);
                    break;
                case Task.StopAndContinue:
                    await user.Kill(child, Signals.SIGSTOP);
                    await user.Wait4((int)child, WaitOptions.Untraced);
                    await user.Kill(child, Signals.SIGCONT);
                    Count(await user.Wait4((int)child, WaitOptions.Continued), child);
                    break;
                case Task.None:
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        /// <summary>A round counts as done only if its wait found the child.</summary>
        private void Count(WaitResult waited, long child)
        {
            if (child > 0 && waited.Result == child)
            {
                desk.Machine.BootCpu.Store(desk.Rounds, desk.Rounds.Peek - 1).GetResult();
            }
        }
    }

    private sealed class CountingHandler(Desk desk) : SignalHandler
    {
        public override async Op Run(User user, SigInfo info) => await user.Cpu.Rmw(desk.Rounds, RmwKind.Add, -1);
    }

    private sealed class Sleeper : UserProgram
    {
        internal static readonly Sleeper Program = new();

        public override async Op<int> Main(User user)
        {
            await user.Pause();
            return 0;
        }
    }

    private sealed class Exiting(bool onlyThread) : UserProgram
    {
        internal static readonly Exiting Program = new(false);
        internal static readonly Exiting Thread = new(true);

        public override async Op<int> Main(User user)
        {
            if (onlyThread)
            {
                await user.ExitThread(0);
            }

            return 0;
        }
    }
}
