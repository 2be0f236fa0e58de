using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Variants;

/// <summary>
/// Our own: variant B with the smallest set of changes under which every guarantee holds. Each change says which
/// finding of docs/findings.md it removes.
/// </summary>
[Immutable]
internal sealed class VariantFixed() : UtraceVariant("fixed", "B with the smallest changes that keep every guarantee")
{
    /// <summary>
    /// F1: nothing is asked for, and so nothing comes back to life, once the engines are torn down. F6: barrier still
    /// waits for them.
    /// </summary>
    internal override bool RefusesReaped(bool attached) => attached;

    /// <summary>
    /// F7: a task goes to sleep for an engine that holds it now, whatever utrace_flags says of one that let it go since.
    /// </summary>
    internal override async Op<bool> IsHeld(Cpu cpu, TaskStruct task, UtraceStruct utrace)
    {
        await utrace.SpliceAttaching(cpu);
        for (int i = 0; i < utrace.Attached.Count(cpu); i++)
        {
            if ((await cpu.ReadOnce(utrace.Attached.At(cpu, i).Flags) & UtraceEvents.EngineStop) != UtraceEvents.None)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>F8: a stop that an engine without QUIESCE holds is honoured on the way to user mode.</summary>
    internal override UtraceEvents WalksForResume => UtraceEvents.Quiesce | UtraceEvents.EngineStop;

    /// <summary>F5: an engine that is gone answers ESRCH, whatever its flags say.</summary>
    internal override bool TestsQuiesceUnderLock => true;

    /// <summary>F2: a detach between exit_state and the death report does not take the others' DEATH away.</summary>
    internal override UtraceEvents WantedOfDead(Cpu cpu, UtraceStruct utrace)
        => utrace.DeathReported.Get(cpu) ? UtraceEvents.Reap : UtraceEvents.Reap | UtraceEvents.DeathEvents;

    /// <summary>F2: nor does the releaser tear engines down that the dying task is walking through.</summary>
    internal override bool DefersReap(Cpu cpu, UtraceStruct utrace) => utrace.Death.Get(cpu);

    /// <summary>F4: a stop that an engine holds counts in a signal report too, if the engine is not asked.</summary>
    internal override bool StopsStickInSignals => true;

    /// <summary>F9: a SIGKILL that found its group exiting waits in the shared queue, and counts too.</summary>
    internal override async Op<bool> IsKilled(Cpu cpu, TaskStruct task)
        => await Scheduling.FatalSignalPending(cpu, task) ||
            (await cpu.ReadOnce(task.Signal.SharedPending.Signal)).Contains(Signals.SIGKILL);

    /// <summary>F10: who is gone has no say in the signal or the system call.</summary>
    internal override bool CountsBitsOfDetached => false;

    /// <summary>F11: a vfork stop holds even if nobody wants CLONE any more when the parent comes to it.</summary>
    internal override UtraceEvents StopsVfork => UtraceEvents.Clone | UtraceEvents.EngineStop;

    /// <summary>
    /// F12: the releaser's grace period may be long over, and nobody else's delays the end of the task, so the task waits
    /// for those who have seen an engine attached.
    /// </summary>
    internal override Op AfterOwnTeardown(Cpu cpu, TaskStruct task) => task.Kernel.Rcu.Synchronize(cpu);

    /// <summary>F14: a struct pid may name another thread by now, after an exec; the engine is not that one's.</summary>
    internal override bool ComparesTask => true;

    /// <summary>F15: who sees the flags that are set next sees the pointer too, whoever stored it.</summary>
    internal override async Op<Errno> BeforeAttach(Cpu cpu, TaskStruct target)
    {
        await cpu.SmpMb(UtraceSites.PublishStruct.Attach);
        return Errno.None;
    }

    /// <summary>F17: a controller that takes the lock after a killed task sees that the task is not stopped any more.</summary>
    internal override bool LocksAfterStop => true;

    /// <summary>F3: a request that came since the test without the lock is not replaced by a weaker one.</summary>
    internal override async Op<bool> StillStronger(Cpu cpu, UtraceStruct utrace, ResumeAction resume)
        => resume < await cpu.ReadOnce(utrace.Resume);
}
