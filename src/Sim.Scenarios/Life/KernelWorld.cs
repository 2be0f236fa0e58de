using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Life;

/// <summary>
/// A kernel without tracing, whose processes descend from an init that reaps, and the life laws told of what
/// happens. The base of the kernel scenarios.
/// </summary>
public sealed class KernelWorld : MachineObject
{
    private static readonly string[] s_counted =
        ["task", "pid", "signal", "sighand", "sigqueue", "completion", "core_state"];

    private readonly MachineList<TaskStruct> _staying;

    /// <summary>Boots the kernel.</summary>
    /// <param name="machine">The machine, being set up.</param>
    /// <param name="init">
    /// Whether there is an init that reaps. Without one a process that has no parent reaps itself, which keeps a
    /// world small that is not about its parent.
    /// </param>
    /// <param name="options">Limits.</param>
    /// <param name="hooks">The tracing layer; none when null, and then the life laws watch the hooks.</param>
    public KernelWorld(
        SimMachine machine, bool init = true, KernelOptions? options = null, ITracehook? hooks = null)
        : base(machine, "world", "kernel")
    {
        Kernel = new LinuxKernel(machine, hooks ?? new LifeHooks(machine), options);
        _staying = new MachineList<TaskStruct>(this, "staying", null);
        if (init)
        {
            _staying.Add(machine.BootCpu, Kernel.MakeInit(new RoutineProgram(ReapAll)));
        }
    }

    /// <summary>The kernel.</summary>
    public LinuxKernel Kernel { get; }

    /// <summary>Makes a process while the world is set up.</summary>
    /// <param name="name">Its name in traces.</param>
    /// <param name="main">Its program.</param>
    /// <param name="parent">Its parent; init when null, if there is one.</param>
    public TaskStruct Process(string name, Func<User, Op<int>> main, TaskStruct? parent = null)
        => Kernel.MakeProcess(name, parent ?? Kernel.Init, new RoutineProgram(main));

    /// <summary>
    /// Makes a process that nobody waits for and that stays: it sends signals, say, and then sleeps for ever.
    /// What it would do otherwise to end would only make a world larger.
    /// </summary>
    public TaskStruct Stranger(string name, Func<User, Op> main)
    {
        TaskStruct stranger = Kernel.MakeProcess(name, null, new StayingProgram(main));
        _staying.Add(Machine.BootCpu, stranger);
        return stranger;
    }

    /// <summary>Says that a process stays: it, its group and its session may be there at the end.</summary>
    public void Keep(Cpu cpu, TaskStruct task) => _staying.Add(cpu, task);

    /// <summary>Says that a task never ends, so that it is not missed at the end.</summary>
    public void Stays(TaskStruct task) => _staying.Add(Machine.BootCpu, task);

    /// <summary>Makes another thread of a process while the world is set up.</summary>
    public TaskStruct Thread(string name, TaskStruct leader, Func<User, Op<int>> main)
        => Kernel.MakeThread(name, leader, new RoutineProgram(main));

    /// <summary>Makes a process that has exited, while the world is set up.</summary>
    public TaskStruct Zombie(string name, TaskStruct parent, int code)
    {
        TaskStruct zombie = Kernel.MakeTask(name, parent);
        zombie.ExitCode.Set(Machine.BootCpu, WaitStatus.Exit(code));
        Machine.BootCpu.Store(zombie.ExitState, ExitState.Zombie).GetResult();
        Machine.BootCpu.Store(zombie.Usage, 1).GetResult();
        return zombie;
    }

    /// <summary>A program that exits at once.</summary>
    public static UserProgram Exits(int code) => new RoutineProgram(_ => Op<int>.Of(code));

    /// <summary>Reports a wait that says something that did not happen.</summary>
    /// <param name="result">What the wait answered.</param>
    /// <param name="child">The child that was waited for.</param>
    /// <param name="statuses">What it can have ended with.</param>
    public void Expect(WaitResult result, long child, params ReadOnlySpan<int> statuses)
    {
        if (result.Result != child || !statuses.Contains(result.Status))
        {
            Machine.Violate(
                LifeLaws.TrueStatus.Name,
                FormattableString.Invariant($"{LifeLaws.TrueStatus.Sentence} But wait answered {result.Result} with status 0x{result.Status:x}."));
        }
    }

    /// <summary>Reports a call that answered something it must not answer.</summary>
    public void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            Machine.Violate(LifeLaws.TrueStatus.Name, $"{LifeLaws.TrueStatus.Sentence} But {otherwise}.");
        }
    }

    /// <summary>The check at the end of an execution: nothing is left but who stays.</summary>
    public void AtEnd()
    {
        foreach (MachineObject item in Machine.PeekObjects())
        {
            if (!item.IsFreed && s_counted.Contains(item.Kind, StringComparer.Ordinal) && !IsOfOneThatStays(item))
            {
                Machine.Violate(LifeLaws.NothingLeft.Name, $"{LifeLaws.NothingLeft.Sentence} But {item} is left.");
                return;
            }
        }
    }

    private bool IsOfOneThatStays(MachineObject item)
    {
        for (int i = 0; i < _staying.PeekCount; i++)
        {
            TaskStruct task = _staying.PeekAt(i);
            if (ReferenceEquals(item, task) || ReferenceEquals(item, task.Signal) ||
                ReferenceEquals(item, task.Signal.Pgrp.Peek) || ReferenceEquals(item, task.Signal.Session.Peek) ||
                ReferenceEquals(item, task.Sighand.Peek) || ReferenceEquals(item, task.ThreadPid.Peek) ||
                task.Signal.SharedPending.List.PeekContains(item))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>init: waits for every child there will ever be, then sleeps for ever.</summary>
    private static async Op<int> ReapAll(User user)
    {
        WaitResult result;
        do
        {
            result = await user.Wait4(-1, WaitOptions.All);
        }
        while (result.Result > 0);

        await user.Cpu.End();
        return 0;
    }
    /// <summary>Does something and then sleeps for ever.</summary>
    private sealed class StayingProgram(Func<User, Op> main) : UserProgram
    {
        public override async Op<int> Main(User user)
        {
            await main(user);
            await user.Cpu.End();
            return 0;
        }
    }
}
