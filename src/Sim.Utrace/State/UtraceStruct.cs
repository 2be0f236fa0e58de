using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Utrace.State;

/// <summary>struct utrace: what tracing keeps per task. Source: spec section 1.5.</summary>
internal sealed class UtraceStruct : TaskTrace
{
    internal UtraceStruct(TaskStruct task)
        : base(task.Machine, "utrace", task.Label)
    {
        Lock = new SpinLock(this, LockClass.Utrace, $"{task.Label}.utrace");
        Attached = new MachineList<UtraceEngine>(this, "attached", new WritersHold(Lock));
        Attaching = new MachineList<UtraceEngine>(this, "attaching", Lock);
        PendingAttach = new Shared<bool>(this, "pending_attach");
        Reporting = new SharedRef<UtraceEngine>(this, "reporting");
        Resume = new Shared<ResumeAction>(this, "resume", ResumeAction.Resume);
        Death = new Guarded<bool>(this, "death", Lock);
        Reap = new Guarded<bool>(this, "reap", Lock);
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

    /// <summary>release_task() has been here.</summary>
    internal Guarded<bool> Reap { get; }

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
