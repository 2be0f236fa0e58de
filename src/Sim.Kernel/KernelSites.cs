using Sim.Kernel.Locking;
using Sim.Machine.Memory;

namespace Sim.Kernel;

/// <summary>The sites of the core kernel that can be taken away by name.</summary>
public static class KernelSites
{
    /// <summary>The writing half of the death interlock.</summary>
    public static readonly Site ExitNotifyLock = new(
        "DeathInterlock.ExitNotify",
        SiteKind.Lock,
        "M6",
        "exit_notify() changes exit_state under tasklist_lock; pairs with DeathInterlock.SetEvents");

    /// <summary>What makes EXIT_DEAD visible before the release hook, besides its fence.</summary>
    public static readonly Site ZombieToDead = new(
        "ExitState.Xchg",
        SiteKind.Locked,
        "M1",
        "wait_task_zombie() stores EXIT_DEAD with a locked xchg; without it, with a plain store");

    /// <summary>What makes clearing TIF_NOTIFY_RESUME a full barrier.</summary>
    public static readonly Site ClearThreadFlag = new(
        "ThreadFlag.Clear",
        SiteKind.Locked,
        "M7",
        "TIF_NOTIFY_RESUME is cleared with a locked instruction; without it, with a plain store");

    /// <summary>The barrier between leaving TASK_RUNNING and looking for signals in schedule().</summary>
    public static readonly Site RunQueueLock = new(
        "Schedule.RunQueueLock",
        SiteKind.Fence,
        "sched",
        "schedule() takes the run queue's lock before it reads TIF_SIGPENDING; without it a wake-up can be lost");

    /// <summary>What makes what a task did before it slept visible to whoever waited for it to sleep.</summary>
    public static readonly Site InactiveRunQueueLock = new(
        "WaitTaskInactive.RunQueueLock",
        SiteKind.Fence,
        "M13",
        "wait_task_inactive() takes the run queue's lock before it reads the state");

    /// <summary>The barrier between leaving TASK_RUNNING and looking at the children in do_wait().</summary>
    public static readonly Site DoWaitState = new(
        "DoWait.SetCurrentState",
        SiteKind.Fence,
        "kernel",
        "do_wait() sets its state with a full barrier before it looks at the children; without it, with a plain store");

    /// <summary>What makes an unlinking visible before its grace period can begin.</summary>
    public static readonly Site CallRcu = new(
        "Rcu.Call",
        SiteKind.Fence,
        "rcu",
        "call_rcu() is a full barrier before it queues the callback");

    /// <summary>What keeps a child from running while its parent's tracers are told of it.</summary>
    public static readonly Site WakeAfterReport = new(
        "Fork.WakeAfterReport",
        SiteKind.Check,
        "4.3",
        "do_fork() wakes the child after the clone report; without it, before");

    /// <summary>What keeps a task for those who found it in an RCU read section.</summary>
    public static readonly Site DelayedPut = new(
        "Release.DelayedPut",
        SiteKind.Check,
        "4.7",
        "release_task() drops its reference after a grace period; without it, at once");

    /// <summary>What keeps a held struct pid from naming somebody else's process.</summary>
    public static readonly Site NewStructPid = new(
        "Pid.NewStruct",
        SiteKind.Check,
        "1.3",
        "alloc_pid() makes a struct pid for every process; without it, a number's old one serves again");

    /// <summary>What makes a stop and its status one in the eyes of a wait.</summary>
    public static readonly Site WaitStoppedSiglock = new(
        "Siglock.WaitStopped",
        SiteKind.Lock,
        "kernel",
        "wait_task_stopped() looks at a stop and its status under siglock");

    /// <summary>Tests of the kernel that were missing once.</summary>
    public static class Checks
    {
        /// <summary>exit_signals().</summary>
        public static readonly Site ExitLeavesStop = Check(
            "Check.ExitLeavesStop", "exit_signals(): a thread that exits no longer counts for a stop in progress");

        /// <summary>do_signal_stop().</summary>
        public static readonly Site StopSeesGroupExit = Check(
            "Check.StopSeesGroupExit", "do_signal_stop(): no stop begins in a group that is about to die");

        /// <summary>kill_pid_info().</summary>
        public static readonly Site KillLooksAgain = Check(
            "Check.KillLooksAgain", "kill_pid_info(): the number is looked up again if its task was released meanwhile");

        /// <summary>de_thread().</summary>
        public static readonly Site ExecIsNoGroupExit = Check(
            "Check.ExecIsNoGroupExit", "de_thread(): an exec that waits for the other threads is not taken for a group exit");

        /// <summary>exit_notify().</summary>
        public static readonly Site NoticeDecides = Check(
            "Check.NoticeDecides", "exit_notify(): a parent that ignores SIGCHLD makes the child reap itself");

        /// <summary>copy_process().</summary>
        public static readonly Site ChildDoesNotStep = Check(
            "Check.ChildDoesNotStep", "copy_process(): the child does not step because its parent does");

        private static Site Check(string name, string purpose) => new(name, SiteKind.Check, "kernel", purpose);
    }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Site> All { get; } =
    [
        ExitNotifyLock,
        ZombieToDead,
        ReadWriteLock.LockedUnlock,
        ClearThreadFlag,
        RunQueueLock,
        InactiveRunQueueLock,
        CallRcu,
        DoWaitState,
        WakeAfterReport,
        DelayedPut,
        NewStructPid,
        WaitStoppedSiglock,
        Checks.ExitLeavesStop,
        Checks.StopSeesGroupExit,
        Checks.KillLooksAgain,
        Checks.ExecIsNoGroupExit,
        Checks.NoticeDecides,
        Checks.ChildDoesNotStep,
    ];
}
