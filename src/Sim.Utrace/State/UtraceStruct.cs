using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Utrace.State;

/// <summary>struct utrace: what tracing keeps per task. Source: spec section 1.5.</summary>
internal sealed class UtraceStruct : TaskTrace
{
    private readonly GuardedRef<TaskStruct> _cloning;

    internal UtraceStruct(TaskStruct task)
        : base(task.Machine, "utrace", task.Label)
    {
        Lock = new SpinLock(this, LockClass.Utrace, $"{task.Label}.utrace");
        Attached = new MachineList<UtraceEngine>(this, "attached", new WritersHold(Lock)) { StaysShort = true };
        Attaching = new MachineList<UtraceEngine>(this, "attaching", Lock);
        PendingAttach = new Shared<bool>(this, "pending_attach");
        Reporting = new SharedRef<UtraceEngine>(this, "reporting");
        Resume = new Shared<ResumeAction>(this, "resume", ResumeAction.Resume);
        Death = new Guarded<bool>(this, "death", Lock);
        Reap = new Guarded<bool>(this, "reap", Lock);
        DeathReported = new Guarded<bool>(this, "death_reported", Lock);
        StoppedBit = new Guarded<bool>(this, "stopped", Lock);
        FreezeStop = new Shared<bool>(this, "freeze_stop");
        SignalHandler = new Guarded<bool>(this, "signal_handler", null);
        VforkStop = new Guarded<bool>(this, "vfork_stop", null);
        _cloning = new GuardedRef<TaskStruct>(this, "cloning", null);
        ExitCode = new Guarded<int>(this, "exit code", null);
    }

    /// <summary>utrace->lock.</summary>
    internal SpinLock Lock { get; }

    /// <summary>
    /// The engines asked in a pass. The task walks it without the lock; others may change it only
    /// while the task is quiescent, with the lock.
    /// </summary>
    internal MachineList<UtraceEngine> Attached { get; }

    /// <summary>Engines attached since the last splice.</summary>
    internal MachineList<UtraceEngine> Attaching { get; }

    /// <summary>Whether <see cref="Attaching"/> has engines; read without the lock.</summary>
    internal Shared<bool> PendingAttach { get; }

    /// <summary>The engine whose callback is being made or decided on; written by the task without the lock.</summary>
    internal SharedRef<UtraceEngine> Reporting { get; }

    /// <summary>The strongest action requested for the next trip towards user mode.</summary>
    internal Shared<ResumeAction> Resume { get; }

    /// <summary>Inside death reporting.</summary>
    internal Guarded<bool> Death { get; }

    /// <summary>The death report is over; variant fixed alone looks at it.</summary>
    internal Guarded<bool> DeathReported { get; }

    /// <summary>release_task() has been here.</summary>
    internal Guarded<bool> Reap { get; }

    /// <summary>The bit that stood for "stopped" in 2009; kept by the version of that time alone.</summary>
    internal Guarded<bool> StoppedBit { get; }

    /// <summary>Late B: a killed task is not to run on yet.</summary>
    internal Shared<bool> FreezeStop { get; }

    /// <summary>A signal frame has just been built and not yet reported; others clear it while the task is stopped.</summary>
    internal Guarded<bool> SignalHandler { get; }

    /// <summary>A clone report for a vfork asked to stop: before the parent waits for the child.</summary>
    internal Guarded<bool> VforkStop { get; }

    /// <summary>What report_exit may change; the task's own.</summary>
    internal Guarded<int> ExitCode { get; }

    /// <summary>The child that the task is just reporting, for variant A's attach.</summary>
    internal TaskStruct? PeekCloning => _cloning.Peek;

    /// <summary>Says which child the task is reporting.</summary>
    internal void SetCloning(Cpu cpu, TaskStruct? child) => _cloning.Set(cpu, child);

    /// <summary>splice_attaching(): the newly attached become attached.</summary>
    /// <remarks>Locks: utrace->lock. Context: the task itself, or the task is quiescent.</remarks>
    internal StoreAwaiter SpliceAttaching(Cpu cpu)
    {
        Lockdep.AssertHeld(cpu, Lock);
        while (Attaching.Count(cpu) > 0)
        {
            UtraceEngine engine = Attaching.At(cpu, 0);
            Attaching.Remove(cpu, engine);
            Attached.Add(cpu, engine);
        }

        return cpu.Store(PendingAttach, false);
    }

    /// <summary>A list that is changed under a lock and read in order with the changes.</summary>
    private sealed class WritersHold(SpinLock held) : IGuardian
    {
        public bool Admits(Fiber fiber, bool write) => !write || fiber.Held.Contains(held);

        public override string ToString() => held.ToString();
    }
}
