using Sim.Kernel.Locking;
using Sim.Kernel.Pids;
using Sim.Kernel.Tasks;
using Sim.Kernel.Time;
using Sim.Machine.State;

namespace Sim.Kernel.Signals;

/// <summary>SIGNAL_* flags of a thread group, with the kernel's numbers.</summary>
[Flags]
public enum SignalFlags
{
    None = 0,

    /// <summary>SIGNAL_STOP_STOPPED: every thread is stopped by job control.</summary>
    StopStopped = 1,

    /// <summary>SIGNAL_STOP_DEQUEUED: a stop signal was dequeued and no SIGCONT came since.</summary>
    StopDequeued = 2,

    /// <summary>SIGNAL_STOP_CONTINUED: continued, and nobody has waited for that yet.</summary>
    StopContinued = 4,

    /// <summary>SIGNAL_GROUP_EXIT: the whole group is dying; group_exit_code says how.</summary>
    GroupExit = 8,

    /// <summary>SIGNAL_CLD_STOPPED: the parent is still to be told of an interrupted stop.</summary>
    CldStopped = 0x10,

    /// <summary>SIGNAL_CLD_CONTINUED: the parent is still to be told of SIGCONT.</summary>
    CldContinued = 0x20,

    /// <summary>SIGNAL_CLD_MASK.</summary>
    CldMask = CldStopped | CldContinued,

    /// <summary>SIGNAL_UNKILLABLE: init; fatal signals that it does not handle are dropped.</summary>
    Unkillable = 0x40,
}

/// <summary>
/// signal_struct: what the threads of a group share. Fields stand under the lock that protects them.
/// Source: include/linux/sched.h, spec section 1.1.
/// </summary>
public sealed class SignalStruct : MachineObject
{
    internal SignalStruct(LinuxKernel kernel, string? label, ResourceLimits limits)
        : base(kernel.Machine, "signal", label)
    {
        var siglock = new SiglockOfGroup(this);
        Count = new Shared<int>(this, "count", 1);
        Live = new Shared<int>(this, "live", 1);
        Flags = new Shared<SignalFlags>(this, "flags");
        GroupExitCode = new Shared<int>(this, "group_exit_code");
        GroupExitTask = new SharedRef<TaskStruct>(this, "group_exit_task");
        NotifyCount = new Shared<int>(this, "notify_count");
        CoreState = new SharedRef<CoreState>(this, "core_state");
        WaitChildExit = new WaitQueue(this, Machine.Label($"{label}.wait_chldexit"));
        SharedPending = new SigPending(this, "shared_pending", siglock);
        CurrTarget = new GuardedRef<TaskStruct>(this, "curr_target", siglock);
        GroupStopCount = new Guarded<int>(this, "group_stop_count", siglock);
        Threads = new MachineList<TaskStruct>(this, "thread_group", new TasklistAndSiglock(kernel, siglock));
        Pgrp = new GuardedRef<Pid>(this, "pgrp", kernel.Tasklist);
        Session = new GuardedRef<Pid>(this, "session", kernel.Tasklist);
        IsLeader = new Guarded<bool>(this, "leader", kernel.Tasklist);
        RealTimer = new GuardedRef<KernelTimer>(this, "real_timer", siglock);
        RealInterval = new Guarded<long>(this, "it_real_incr", siglock);
        Limits = new SharedRef<ResourceLimits>(this, "rlim", limits);
    }

    // Raced on purpose.

    /// <summary>Threads that have not been released.</summary>
    public Shared<int> Count { get; }

    /// <summary>Threads that have not begun to exit.</summary>
    public Shared<int> Live { get; }

    /// <summary>SIGNAL_* flags; changed under siglock, tested without it on the way out.</summary>
    public Shared<SignalFlags> Flags { get; }

    /// <summary>Exit status of the whole group, or the signal of a group stop.</summary>
    public Shared<int> GroupExitCode { get; }

    /// <summary>Who waits for the other threads to go: exec, or a core dump.</summary>
    public SharedRef<TaskStruct> GroupExitTask { get; }

    /// <summary>At which <see cref="Count"/> it is woken; negative while it waits for the leader to die.</summary>
    public Shared<int> NotifyCount { get; }

    /// <summary>A core dump in progress. (2.6.32 has it in mm_struct, for all who share the memory.)</summary>
    public SharedRef<CoreState> CoreState { get; }

    /// <summary>Resource limits; changed under task_lock() of the leader, read without.</summary>
    public SharedRef<ResourceLimits> Limits { get; }

    // Protected by itself.

    /// <summary>Where the threads wait for their children.</summary>
    public WaitQueue WaitChildExit { get; }

    // Protected by siglock.

    /// <summary>Signals for the group.</summary>
    public SigPending SharedPending { get; }

    /// <summary>The thread that took the last signal for the group.</summary>
    public GuardedRef<TaskStruct> CurrTarget { get; }

    /// <summary>Threads that a group stop still waits for; 0 when none is in progress.</summary>
    public Guarded<int> GroupStopCount { get; }

    /// <summary>The timer of ITIMER_REAL that was armed last; null when none was.</summary>
    public GuardedRef<KernelTimer> RealTimer { get; }

    /// <summary>it_real_incr: nanoseconds after which the timer begins again; 0 for never.</summary>
    public Guarded<long> RealInterval { get; }

    // Protected by tasklist_lock.

    /// <summary>
    /// The threads, leader first, in the order of next_thread(). Changed under tasklist_lock and siglock,
    /// so that either is enough to walk it.
    /// </summary>
    public MachineList<TaskStruct> Threads { get; }

    /// <summary>The process group.</summary>
    public GuardedRef<Pid> Pgrp { get; }

    /// <summary>The session.</summary>
    public GuardedRef<Pid> Session { get; }

    /// <summary>Whether it leads its session.</summary>
    public Guarded<bool> IsLeader { get; }

}
