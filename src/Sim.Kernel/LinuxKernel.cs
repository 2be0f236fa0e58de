using Sim.Kernel.Abi;
using Sim.Kernel.Files;
using Sim.Kernel.Futex;
using Sim.Kernel.Lifecycle;
using Sim.Kernel.Locking;
using Sim.Kernel.Pids;
using Sim.Kernel.Signals;
using Sim.Kernel.Syscalls;
using Sim.Kernel.Tasks;
using Sim.Kernel.Time;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel;

/// <summary>A kernel on a machine: the global locks, the paths of a task's life, and its tasks.</summary>
public sealed class LinuxKernel : MachineObject
{
    private readonly SigActionTable _defaultActions;
    private readonly ResourceLimits _limits;
    private readonly MachineList<TaskStruct> _made;

    /// <summary>Boots a kernel without tasks.</summary>
    /// <param name="machine">The machine, being set up.</param>
    /// <param name="tracehook">The tracing layer; null for none.</param>
    /// <param name="options">Limits.</param>
    public LinuxKernel(SimMachine machine, ITracehook? tracehook = null, KernelOptions? options = null)
        : base(machine, "kernel", "linux")
    {
        Options = options ?? new KernelOptions();
        Tracehook = tracehook ?? new NoTracing();
        Tasklist = new ReadWriteLock(machine, LockClass.Tasklist, "tasklist_lock");
        Rcu = new Rcu(machine);
        (Processes, ChildReaper) = (
            new MachineList<TaskStruct>(this, "tasks", Tasklist),
            new GuardedRef<TaskStruct>(this, "child_reaper", Tasklist));
        NrThreads = new Guarded<int>(this, "nr_threads", Tasklist);
        UserSigpending = new Shared<int>(this, "user.sigpending");
        Pids = new PidTable(this, Options.PidMax, Options.ReservedPids);
        _defaultActions = new SigActionTable(machine);
        _limits = new ResourceLimits(machine);
        _made = new MachineList<TaskStruct>(this, "made", null);
        Fork = new ForkPath(this);
        Exec = new ExecPath(this);
        Exit = new ExitPath(this);
        Reparenting = new Reparenting(this);
        Orphans = new Orphans(this);
        Release = new ReleasePath(this);
        Wait = new WaitPath(this);
        WaitChild = new WaitChild(this);
        Numbers = new NumberCalls(this);
        Send = new SendPath(this);
        Kill = new KillPath(this);
        Pending = new PendingSignals(this);
        Masks = new MaskCalls(this);
        GroupStop = new GroupStop(this);
        Coredump = new Coredump(this);
        Notice = new ParentNotice(this);
        Delivery = new DeliveryPath(this);
        SignalReturn = new SignalReturn(this);
        ReturnWork = new ReturnWork(this);
        Gate = new SyscallGate(this);
        Stepping = new StepControl(this);
        Clock = new Timekeeper(this);
        Sleep = new Sleep(this);
        RealTimer = new RealTimer(this);
        Futex = new FutexPath(this);
        Root = new Ramfs(this);
        Poll = new PollPath(this);
        Syscalls = new SyscallDispatch(this);
        RandomState = new Ghost<ulong>(this, "random", Options.Seed);
    }

    /// <summary>Limits.</summary>
    public KernelOptions Options { get; }

    /// <summary>The tracing layer.</summary>
    public ITracehook Tracehook { get; }

    /// <summary>tasklist_lock.</summary>
    public ReadWriteLock Tasklist { get; }

    /// <summary>RCU.</summary>
    public Rcu Rcu { get; }

    /// <summary>The numbers in use.</summary>
    public PidTable Pids { get; }

    /// <summary>init_task.tasks: the leaders of all thread groups.</summary>
    public MachineList<TaskStruct> Processes { get; }

    /// <summary>The process with number 1; null in a world whose orphans reap themselves.</summary>
    public TaskStruct? Init { get; private set; }

    /// <summary>pid_ns->child_reaper: the thread of init that inherits orphans; null without init.</summary>
    public GuardedRef<TaskStruct> ChildReaper { get; }

    /// <summary>do_fork().</summary>
    public ForkPath Fork { get; }

    /// <summary>do_execve().</summary>
    public ExecPath Exec { get; }

    /// <summary>do_exit().</summary>
    public ExitPath Exit { get; }

    /// <summary>release_task().</summary>
    public ReleasePath Release { get; }

    /// <summary>do_wait().</summary>
    public WaitPath Wait { get; }

    /// <summary>setpgid() and the like.</summary>
    public NumberCalls Numbers { get; }

    /// <summary>Sending signals.</summary>
    public SendPath Send { get; }

    /// <summary>kill() and the like.</summary>
    public KillPath Kill { get; }

    /// <summary>Queues of signals.</summary>
    public PendingSignals Pending { get; }

    /// <summary>sigaction(), sigprocmask() and the like.</summary>
    public MaskCalls Masks { get; }

    /// <summary>do_signal_stop().</summary>
    public GroupStop GroupStop { get; }

    /// <summary>What parents are told.</summary>
    public ParentNotice Notice { get; }

    /// <summary>get_signal_to_deliver().</summary>
    public DeliveryPath Delivery { get; }

    /// <summary>The way back to user mode.</summary>
    public ReturnWork ReturnWork { get; }

    /// <summary>The way of a program into the kernel and back.</summary>
    public SyscallGate Gate { get; }

    /// <summary>Single step and block step.</summary>
    public StepControl Stepping { get; }

    /// <summary>Simulated time.</summary>
    public Timekeeper Clock { get; }

    /// <summary>futex().</summary>
    public FutexPath Futex { get; }

    /// <summary>The file system.</summary>
    public Ramfs Root { get; }

    /// <summary>System calls by number.</summary>
    public SyscallDispatch Syscalls { get; }

    /// <summary>Number of tasks made while the world was set up, for observers.</summary>
    public int PeekTaskCount => _made.PeekCount;

    /// <summary>Number of tasks that have not been released, for observers.</summary>
    public int PeekNrThreads => NrThreads.Peek;

    internal Sleep Sleep { get; }

    internal RealTimer RealTimer { get; }

    internal PollPath Poll { get; }

    /// <summary>What getrandom() goes on from.</summary>
    internal Ghost<ulong> RandomState { get; }

    internal Reparenting Reparenting { get; }

    internal Orphans Orphans { get; }

    internal WaitChild WaitChild { get; }

    internal Coredump Coredump { get; }

    internal SignalReturn SignalReturn { get; }

    internal RegisterGate RegisterGate => Gate.Registers;

    internal FrameDelivery FrameDelivery => SignalReturn.Frames;

    internal Guarded<int> NrThreads { get; }

    /// <summary>user_struct.sigpending: queued signals of the one user there is.</summary>
    internal Shared<int> UserSigpending { get; }

    /// <summary>A task made while the world was set up, for observers.</summary>
    public TaskStruct PeekTask(int index) => _made.PeekAt(index);

    /// <summary>Makes a process of one thread while the world is set up.</summary>
    /// <param name="name">Its name in traces.</param>
    /// <param name="parent">Who waits for it; null for one that nobody waits for.</param>
    /// <param name="routine">What it does in the kernel; null for one that does not run yet, or never again.</param>
    public TaskStruct MakeTask(string name, TaskStruct? parent = null, Func<Cpu, Op>? routine = null)
    {
        Cpu boot = Machine.BootCpu;
        Pid pid = AllocPid(boot);
        var signal = new SignalStruct(this, name, _limits);
        var sighand = new SighandStruct(Machine, name, _defaultActions);
        var task = new TaskStruct(this, name, pid.Nr, signal, sighand);
        Enter(boot, task, task, parent, pid);
        signal.Pgrp.Set(boot, parent?.Signal.Pgrp.Get(boot) ?? pid);
        signal.Session.Set(boot, parent?.Signal.Session.Get(boot) ?? pid);
        PidTable.Attach(boot, task, PidType.Pgid, signal.Pgrp.Get(boot)!);
        PidTable.Attach(boot, task, PidType.Sid, signal.Session.Get(boot)!);
        Processes.Add(boot, task);
        _made.Add(boot, task);
        if (routine is not null)
        {
            Start(task, routine);
        }

        return task;
    }

    /// <summary>Makes a process that runs a program, while the world is set up.</summary>
    /// <param name="name">Its name in traces.</param>
    /// <param name="parent">Who waits for it; null for one that nobody waits for.</param>
    /// <param name="program">What it does in user mode.</param>
    public TaskStruct MakeProcess(string name, TaskStruct? parent, UserProgram program)
    {
        TaskStruct task = MakeTask(name, parent);
        task.Context.Set(Machine.BootCpu, new UserContext(task, program));
        StartUserMode(task);
        return task;
    }

    /// <summary>Makes another thread of a process, while the world is set up.</summary>
    /// <param name="name">Its name in traces.</param>
    /// <param name="leader">The process.</param>
    /// <param name="program">What it does in user mode.</param>
    public TaskStruct MakeThread(string name, TaskStruct leader, UserProgram program)
    {
        Cpu boot = Machine.BootCpu;
        Pid pid = AllocPid(boot);
        SignalStruct signal = leader.Signal;
        SighandStruct sighand = leader.Sighand.Peek!;
        var task = new TaskStruct(this, name, leader.Tgid, signal, sighand);
        Count(boot, signal.Count);
        Count(boot, signal.Live);
        Count(boot, sighand.Count);
        task.ExitSignal.Set(boot, -1);
        Enter(boot, task, leader, leader.RealParent.Get(boot), pid);
        task.Context.Set(boot, new UserContext(task, program));
        StartUserMode(task);
        return task;
    }

    /// <summary>Makes init: it inherits orphans, and fatal signals that it does not handle are dropped.</summary>
    public TaskStruct MakeInit(UserProgram program)
    {
        TaskStruct init = MakeTask("init");
        Machine.BootCpu.Store(init.Signal.Flags, SignalFlags.Unkillable).GetResult();
        init.Context.Set(Machine.BootCpu, new UserContext(init, program));
        Init = init;
        ChildReaper.Set(Machine.BootCpu, init);
        StartUserMode(init);
        return init;
    }

    /// <summary>Says what a process does with a signal, while the world is set up.</summary>
    public void SetAction(TaskStruct task, int signal, SigAction action)
    {
        GuardedRef<SigActionTable> actions = task.Sighand.Peek!.Action;
        actions.Set(Machine.BootCpu, actions.Peek!.With(signal, action));
    }

    /// <summary>Limits a process, while the world is set up.</summary>
    public void SetLimit(TaskStruct task, Resource resource, ResourceLimit limit)
        => Machine.BootCpu.Store(task.Signal.Limits, task.Signal.Limits.Peek!.With(resource, limit)).GetResult();

    /// <summary>Lets a task run in the kernel.</summary>
    /// <param name="task">A task that does not run yet.</param>
    /// <param name="routine">What it does.</param>
    public void Start(TaskStruct task, Func<Cpu, Op> routine)
        => Machine.Spawn(task.Label, cpu =>
        {
            cpu.Current = task;
            return routine(cpu);
        });

    /// <summary>Lets a task run its program.</summary>
    internal void StartUserMode(TaskStruct task) => Machine.Spawn(task.GivenLabel ?? task.Kind, task);

    /// <summary>As <see cref="StartUserMode"/>, for a task that has to be woken first.</summary>
    internal void StartStopped(TaskStruct task) => Start(task, Gate.RunWhenWoken);

    private static void Count(Cpu boot, Shared<int> users) => boot.Store(users, users.Peek + 1).GetResult();

    private Pid AllocPid(Cpu boot) => Pids.Alloc(boot).GetAwaiter().GetResult() ??
        throw new InvalidOperationException("more tasks than process numbers");

    /// <summary>A task made while the world is set up joins its family.</summary>
    private void Enter(Cpu boot, TaskStruct task, TaskStruct leader, TaskStruct? parent, Pid pid)
    {
        task.Pid.Set(boot, pid.Nr);
        task.ThreadPid.Set(boot, pid);
        task.GroupLeader.Set(boot, leader);
        task.Rcu = Rcu.AddReader(boot, task.GivenLabel);
        task.RealParent.Set(boot, parent);
        task.Parent.Set(boot, parent);
        parent?.Children.Add(boot, task);
        task.Signal.Threads.Add(boot, task);
        boot.Store(pid.Task, task).GetResult();
        NrThreads.Set(boot, NrThreads.Get(boot) + 1);
    }

    /// <summary>Locks the current task's own signals; only the task itself changes its handlers while it lives.</summary>
    internal async Op<SighandStruct> LockOwnSighand(Cpu cpu)
    {
        SighandStruct sighand = (await cpu.Load(cpu.Task().Sighand))!;
        await sighand.Siglock.Acquire(cpu);
        return sighand;
    }
}

/// <summary>Short names for what every kernel routine asks its processor.</summary>
public static class Current
{
    /// <summary>current: the task that runs here.</summary>
    public static TaskStruct Task(this Cpu cpu) => (TaskStruct)cpu.Current!;
}
