using Sim.Kernel.Locking;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Tasks;

/// <summary>
/// A task: state only; the verbs are in Lifecycle, UserMode and the tracing layer. Fields stand under
/// the lock that protects them. Source: spec section 1.1.
/// </summary>
public sealed class TaskStruct : MachineObject
{
    internal TaskStruct(LinuxKernel kernel, int pid, string name)
        : base(kernel.Machine, "task", name)
    {
        Kernel = kernel;
        Pid = pid;
        State = new Shared<TaskState>(this, "state");
        ExitState = new Shared<ExitState>(this, "exit_state");
        Flags = new Shared<TaskFlags>(this, "flags");
        ThreadFlags = new Shared<ThreadFlags>(this, "thread_info.flags");
        Interrupt = new Shared<int>(this, "cpu.interrupt");
        UtraceFlags = new Shared<UtraceEvents>(this, "utrace_flags");
        Utrace = new SharedRef<TaskTrace>(this, "utrace");
        Usage = new Shared<int>(this, "usage", 2);
        AllocLock = new SpinLock(kernel.Machine, LockClass.TaskLock, $"{name}.alloc_lock");
        WaitChildExit = new WaitQueue(kernel.Machine, $"{name}.wait_chldexit");
        Parent = new GuardedRef<TaskStruct>(this, "parent", kernel.Tasklist);
        Children = new MachineList<TaskStruct>(this, "children", kernel.Tasklist);
        ExitSignal = new Guarded<int>(this, "exit_signal", kernel.Tasklist, Abi.Signals.SIGCHLD);
        IgnoresChildren = new Guarded<bool>(this, "sigchld_ignored", kernel.Tasklist);
        ExitCode = new Guarded<int>(this, "exit_code", null);
    }

    /// <summary>The kernel the task lives in.</summary>
    public LinuxKernel Kernel { get; }

    /// <summary>The process number.</summary>
    public int Pid { get; }

    // Raced on purpose.

    /// <summary>Scheduler state.</summary>
    public Shared<TaskState> State { get; }

    /// <summary>Progress on the way out; see <see cref="ExitStates"/> for who moves it.</summary>
    public Shared<ExitState> ExitState { get; }

    /// <summary>PF_* flags.</summary>
    public Shared<TaskFlags> Flags { get; }

    /// <summary>TIF_* flags, changed by atomic bit operations.</summary>
    public Shared<ThreadFlags> ThreadFlags { get; }

    /// <summary>An interrupt that the processor running the task has not taken yet.</summary>
    public Shared<int> Interrupt { get; }

    /// <summary>What any engine wants; tested without a lock, changed under the tracing layer's lock.</summary>
    public Shared<UtraceEvents> UtraceFlags { get; }

    /// <summary>The tracing layer's state; installed once under <see cref="AllocLock"/>.</summary>
    public SharedRef<TaskTrace> Utrace { get; }

    /// <summary>References: one of the running task itself, one of whoever releases it, and others'.</summary>
    public Shared<int> Usage { get; }

    // Protected by itself.

    /// <summary>task_lock().</summary>
    public SpinLock AllocLock { get; }

    /// <summary>Where the task waits for its children.</summary>
    public WaitQueue WaitChildExit { get; }

    // Protected by tasklist_lock.

    /// <summary>Who is told of the task's death.</summary>
    public GuardedRef<TaskStruct> Parent { get; }

    /// <summary>Tasks whose parent this one is.</summary>
    public MachineList<TaskStruct> Children { get; }

    /// <summary>What the parent is sent; -1 when the task is detached.</summary>
    public Guarded<int> ExitSignal { get; }

    /// <summary>Whether the task ignores SIGCHLD, so that its children reap themselves.</summary>
    public Guarded<bool> IgnoresChildren { get; }

    // Owned by the task; read by others after exit_state has changed.

    /// <summary>Status for the parent.</summary>
    public Guarded<int> ExitCode { get; }

    /// <summary>Read-side state of RCU for the processor that runs the task.</summary>
    public RcuReader Rcu { get; internal set; } = null!;

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
