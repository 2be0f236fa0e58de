namespace Sim.Kernel.Tasks;

/// <summary>Scheduler state of a task, with the kernel's numbers.</summary>
[Flags]
public enum TaskState
{
    /// <summary>TASK_RUNNING.</summary>
    Running = 0,

    /// <summary>TASK_INTERRUPTIBLE.</summary>
    Interruptible = 1,

    /// <summary>TASK_UNINTERRUPTIBLE.</summary>
    Uninterruptible = 2,

    /// <summary>__TASK_STOPPED.</summary>
    StoppedBit = 4,

    /// <summary>__TASK_TRACED.</summary>
    TracedBit = 8,

    /// <summary>TASK_DEAD.</summary>
    Dead = 64,

    /// <summary>TASK_WAKEKILL: SIGKILL wakes it.</summary>
    WakeKill = 128,

    /// <summary>TASK_STOPPED.</summary>
    Stopped = StoppedBit | WakeKill,

    /// <summary>TASK_TRACED.</summary>
    Traced = TracedBit | WakeKill,

    /// <summary>TASK_KILLABLE: sleeps for anything but SIGKILL.</summary>
    Killable = Uninterruptible | WakeKill,

    /// <summary>TASK_NORMAL: what an event wakes.</summary>
    Normal = Interruptible | Uninterruptible,

    /// <summary>TASK_ALL: what wake_up_process() wakes.</summary>
    All = Normal | StoppedBit | TracedBit,
}

/// <summary>PF_* flags of a task.</summary>
[Flags]
public enum TaskFlags
{
    None = 0,

    /// <summary>PF_STARTING: newborn, until the parent's clone report is over.</summary>
    Starting = 0x2,

    /// <summary>PF_EXITING.</summary>
    Exiting = 0x4,

    /// <summary>PF_FORKNOEXEC: forked, and has not called exec.</summary>
    ForkNoExec = 0x40,

    /// <summary>PF_DUMPCORE: dumps core.</summary>
    DumpCore = 0x200,

    /// <summary>PF_SIGNALED: killed by a signal.</summary>
    Signaled = 0x400,

    /// <summary>PF_KTHREAD: a kernel thread; cannot be traced.</summary>
    KernelThread = 0x200000,
}

/// <summary>TIF_* flags of a task: work to do on the way between user and kernel mode.</summary>
[Flags]
public enum ThreadFlags
{
    None = 0,

    /// <summary>TIF_SYSCALL_TRACE.</summary>
    SyscallTrace = 1,

    /// <summary>TIF_NOTIFY_RESUME: call the notify-resume hook before user mode.</summary>
    NotifyResume = 2,

    /// <summary>TIF_SIGPENDING: enter the signal path before user mode.</summary>
    SignalPending = 4,

    /// <summary>TIF_SINGLESTEP.</summary>
    SingleStep = 16,

    /// <summary>TIF_BLOCKSTEP: the step ends at the next branch. (2.6.32 on x86 has TIF_DEBUGCTLMSR.)</summary>
    BlockStep = 32,

    /// <summary>TIF_RESTORE_SIGMASK: the mask that sigsuspend() saved goes back before user mode.</summary>
    RestoreSigmask = 1 << 9,
}
