using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Kernel.Files;
using Sim.Kernel.Locking;
using Sim.Kernel.Memory;
using Sim.Kernel.Pids;
using Sim.Kernel.Signals;
using Sim.Kernel.Time;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Tasks;

/// <summary>
/// A task: state only; the verbs are in Lifecycle, Signals, Waiting, UserMode and the tracing layer. Fields
/// stand under the lock that protects them. Source: include/linux/sched.h, spec section 1.1.
/// </summary>
public sealed class TaskStruct : MachineObject, IRoutine
{
    /// <summary>TASK_COMM_LEN: room for the name, with the 0 at its end.</summary>
    internal const int CommLength = 16;

    internal TaskStruct(LinuxKernel kernel, string? name, int tgid, SignalStruct signal, SighandStruct sighand)
        : base(kernel.Machine, "task", name)
    {
        var siglock = new SiglockOfTask(this);
        Kernel = kernel;
        Tgid = tgid;
        Signal = signal;
        State = new Shared<TaskState>(this, "state");
        ExitState = new Shared<ExitState>(this, "exit_state");
        Flags = new Shared<TaskFlags>(this, "flags");
        ThreadFlags = new Shared<ThreadFlags>(this, "thread_info.flags");
        (Interrupt, Switches) = (new Shared<int>(this, "cpu.interrupt"), new Shared<int>(this, "nvcsw"));
        UtraceFlags = new Shared<UtraceEvents>(this, "utrace_flags");
        Utrace = new SharedRef<TaskTrace>(this, "utrace");
        Usage = new Shared<int>(this, "usage", 2);
        Sighand = new SharedRef<SighandStruct>(this, "sighand", sighand);
        AllocLock = new SpinLock(this, LockClass.TaskLock, Machine.Label($"{name}.alloc_lock"));
        Pending = new SigPending(this, "pending", siglock);
        Blocked = new Guarded<SigSet>(this, "blocked", null);
        RealBlocked = new Guarded<SigSet>(this, "real_blocked", null);
        SavedSigmask = new Guarded<SigSet>(this, "saved_sigmask", null);
        HasMemory = new Guarded<bool>(this, "counts_for_core_dump", siglock, true);
        Pid = new Guarded<int>(this, "pid", null);
        ThreadPid = new GuardedRef<Pid>(this, "thread_pid", kernel.Tasklist);
        GroupLeader = new GuardedRef<TaskStruct>(this, "group_leader", null);
        RealParent = new GuardedRef<TaskStruct>(this, "real_parent", kernel.Tasklist);
        Parent = new GuardedRef<TaskStruct>(this, "parent", kernel.Tasklist);
        Children = new MachineList<TaskStruct>(this, "children", kernel.Tasklist);
        (Ptrace, Ptraced) = (
            new Guarded<PtraceFlags>(this, "ptrace", kernel.Tasklist),
            new MachineList<TaskStruct>(this, "ptraced", kernel.Tasklist));
        DeadChildren = new MachineList<TaskStruct>(this, "dead_children", null);
        ExitSignal = new Guarded<int>(this, "exit_signal", kernel.Tasklist, Abi.Signals.SIGCHLD);
        PdeathSignal = new Shared<int>(this, "pdeath_signal");
        ExitCode = new Guarded<int>(this, "exit_code", null);
        (SelfExecId, ParentExecId) = (
            new Shared<int>(this, "self_exec_id"), new Guarded<int>(this, "parent_exec_id", kernel.Tasklist));
        DidExec = new Shared<bool>(this, "did_exec");
        VforkDone = new GuardedRef<Completion>(this, "vfork_done", null);
        Mm = new GuardedRef<MmStruct>(this, "mm", null);
        Registers = new GuardedRef<RegisterFile>(this, "regs", null);
        Context = new GuardedRef<UserContext>(this, "context", null);
        (Files, Fs) = (new GuardedRef<FilesStruct>(this, "files", null), new GuardedRef<FsStruct>(this, "fs", null));
        Restart = new GuardedRef<RestartBlock>(this, "restart_block", null);
        (SetChildTid, ClearChildTid) = (
            new Guarded<ulong>(this, "set_child_tid", null), new Guarded<ulong>(this, "clear_child_tid", null));
        Comm = new GuardedValue<Bytes>(this, "comm", null, Bytes.Empty);
    }

    /// <summary>The kernel the task lives in.</summary>
    public LinuxKernel Kernel { get; }

    /// <summary>The number of the process: the pid of the thread group leader.</summary>
    public int Tgid { get; }

    /// <summary>What it shares with the threads of its group.</summary>
    public SignalStruct Signal { get; }

    // Raced on purpose.

    /// <summary>Scheduler state.</summary>
    public Shared<TaskState> State { get; }

    /// <summary>Progress on the way out; see <see cref="ExitStates"/> for who moves it.</summary>
    public Shared<ExitState> ExitState { get; }

    /// <summary>PF_* flags; only the task itself changes them.</summary>
    public Shared<TaskFlags> Flags { get; }

    /// <summary>TIF_* flags, changed by atomic bit operations.</summary>
    public Shared<ThreadFlags> ThreadFlags { get; }

    /// <summary>An interrupt that the processor running the task has not taken yet.</summary>
    public Shared<int> Interrupt { get; }

    /// <summary>Counts every time the task goes off its processor and every time it comes back: odd while it sleeps.</summary>
    public Shared<int> Switches { get; }

    /// <summary>What any engine wants; tested without a lock, changed under the tracing layer's lock.</summary>
    public Shared<UtraceEvents> UtraceFlags { get; }

    /// <summary>The tracing layer's state; installed once under <see cref="AllocLock"/>.</summary>
    public SharedRef<TaskTrace> Utrace { get; }

    /// <summary>References: one of the running task itself, one of whoever releases it, and others'.</summary>
    public Shared<int> Usage { get; }

    /// <summary>The handlers; null once the task has been released.</summary>
    public SharedRef<SighandStruct> Sighand { get; }

    /// <summary>How many times the task has called exec; its children read it without a lock.</summary>
    public Shared<int> SelfExecId { get; }

    /// <summary>Whether the task has called exec since it was forked; its parent reads it without a lock.</summary>
    public Shared<bool> DidExec { get; }

    /// <summary>The signal that the task is sent when its parent dies; prctl() sets it and the parent reads it without a common lock.</summary>
    public Shared<int> PdeathSignal { get; }

    // Protected by itself.

    /// <summary>task_lock().</summary>
    public SpinLock AllocLock { get; }

    // Protected by siglock.

    /// <summary>Signals for this task alone.</summary>
    public SigPending Pending { get; }

    /// <summary>Blocked signals: changed by the task itself under siglock.</summary>
    public Guarded<SigSet> Blocked { get; }

    /// <summary>What was blocked before sigtimedwait() unblocked what it waits for.</summary>
    public Guarded<SigSet> RealBlocked { get; }

    /// <summary>The mask to restore after sigsuspend(), while TIF_RESTORE_SIGMASK.</summary>
    public Guarded<SigSet> SavedSigmask { get; }

    /// <summary>
    /// Whether the task counts for a core dump: not once it has passed exit_mm(). (2.6.32 asks task->mm under
    /// mmap_sem.)
    /// </summary>
    public Guarded<bool> HasMemory { get; }

    // Protected by tasklist_lock.

    /// <summary>The number of the task; exec may change it.</summary>
    public Guarded<int> Pid { get; }

    /// <summary>The name behind the number; null once the task has been released.</summary>
    public GuardedRef<Pid> ThreadPid { get; }

    /// <summary>The leader of the thread group.</summary>
    public GuardedRef<TaskStruct> GroupLeader { get; }

    /// <summary>Who made the task, or took it over.</summary>
    public GuardedRef<TaskStruct> RealParent { get; }

    /// <summary>Who is told of the task's death: a tracer, or the real parent.</summary>
    public GuardedRef<TaskStruct> Parent { get; }

    /// <summary>Tasks whose real parent this one is; of every thread, not only of leaders.</summary>
    public MachineList<TaskStruct> Children { get; }

    /// <summary>How ptrace traces it; see <see cref="Lifecycle.PtraceLinks"/>. Written under tasklist_lock for writing.</summary>
    public Guarded<PtraceFlags> Ptrace { get; }

    /// <summary>Tasks that this one traces by ptrace, whoever their real parents are.</summary>
    public MachineList<TaskStruct> Ptraced { get; }

    /// <summary>What the parent is sent at the end; -1 when the task is detached and reaps itself.</summary>
    public Guarded<int> ExitSignal { get; }

    /// <summary>How many times the parent had called exec when it made the task.</summary>
    public Guarded<int> ParentExecId { get; }

    // Owned by the task; read by others after exit_state has changed, or under a lock that orders them.

    /// <summary>Status for the parent.</summary>
    public Guarded<int> ExitCode { get; }

    /// <summary>Who waits in vfork() for this task to give its memory up.</summary>
    public GuardedRef<Completion> VforkDone { get; }

    /// <summary>The address space; null for a kernel thread, after exit, and in worlds without memory.</summary>
    public GuardedRef<MmStruct> Mm { get; }

    /// <summary>pt_regs and thread_struct; null in worlds without an architecture.</summary>
    public GuardedRef<RegisterFile> Registers { get; }

    /// <summary>User mode of the task; null for one that never leaves the kernel.</summary>
    public GuardedRef<UserContext> Context { get; }

    /// <summary>The table of descriptors; null for a task without files.</summary>
    public GuardedRef<FilesStruct> Files { get; }

    /// <summary>The working directory; null for one that is in the root and has not needed to say so.</summary>
    internal GuardedRef<FsStruct> Fs { get; }

    /// <summary>What restart_syscall() goes on with; null when no call was interrupted.</summary>
    public GuardedRef<RestartBlock> Restart { get; }

    /// <summary>CLONE_CHILD_SETTID: where the task writes its number before it runs; 0 for nowhere.</summary>
    internal Guarded<ulong> SetChildTid { get; }

    /// <summary>CLONE_CHILD_CLEARTID: what the task clears and wakes when it gives its memory up; 0 for nothing.</summary>
    internal Guarded<ulong> ClearChildTid { get; }

    /// <summary>The name that exec or prctl(PR_SET_NAME) gave; empty before.</summary>
    internal GuardedValue<Bytes> Comm { get; }

    /// <summary>Says how the call that ends with ERESTART_RESTARTBLOCK goes on.</summary>
    internal void SetRestart(Cpu cpu, RestartBlock block)
    {
        if (Restart.Get(cpu) is { } old)
        {
            cpu.Discard(old);
        }

        Restart.Set(cpu, block);
    }

    /// <summary>While the task dies: children that it has to release itself.</summary>
    internal MachineList<TaskStruct> DeadChildren { get; }

    /// <summary>Read-side state of RCU for the processor that runs the task.</summary>
    public RcuReader Rcu { get; internal set; } = null!;

    /// <summary>task_detached(): whether nobody is told of its death.</summary>
    /// <remarks>Locks: tasklist_lock.</remarks>
    public bool IsDetached(Cpu cpu) => ExitSignal.Get(cpu) == -1;

    /// <summary>thread_group_leader().</summary>
    public bool IsGroupLeader(Cpu cpu) => ReferenceEquals(GroupLeader.Get(cpu), this);

    /// <summary>same_thread_group().</summary>
    public bool IsInGroupOf(TaskStruct other) => ReferenceEquals(Signal, other.Signal);

    /// <summary>What the fiber of the task runs, once it is started: its program.</summary>
    Op IRoutine.Run(Cpu cpu)
    {
        cpu.Current = this;
        return Kernel.Gate.Run(cpu);
    }

    /// <summary>get_task_struct(): takes a reference.</summary>
    public async Op Get(Cpu cpu)
    {
        if (await cpu.Rmw(Usage, RmwKind.Add, 1) <= 0)
        {
            Machine.Violate("REFCOUNT", $"{this}: a reference to a task without references is taken");
        }
    }

    /// <summary>put_task_struct(): drops a reference; the last one frees the task.</summary>
    public async Op Put(Cpu cpu)
    {
        int before = await cpu.Rmw(Usage, RmwKind.Add, -1);
        if (before <= 0)
        {
            Machine.Violate("REFCOUNT", $"{this}: a reference too many is dropped");
        }
        else if (before == 1)
        {
            await Kernel.Tracehook.FreeTask(cpu, this);
            await cpu.Free(this);
        }
    }
}
