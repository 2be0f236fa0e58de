using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Lifecycle;

/// <summary>The last step of fork: the child goes on its way. Source: kernel/fork.c do_fork(), kernel/sched.c.</summary>
internal static class NewTask
{
    /// <summary>
    /// CLONE_STOPPED: the child begins in TASK_STOPPED with SIGSTOP pending; SIGCONT takes the signal away and lets it
    /// run. As in 2.6.32 no lock is held, so that a SIGKILL which came before is only seen at the next wake-up.
    /// </summary>
    internal static async Op StartStopped(Cpu cpu, TaskStruct child)
    {
        SigSet pending = await cpu.ReadOnce(child.Pending.Signal);
        await cpu.WriteOnce(child.Pending.Signal, pending.With(Abi.Signals.SIGSTOP));
        await cpu.TestAndSet(child.ThreadFlags, ThreadFlags.SignalPending);
        await cpu.WriteOnce(child.State, TaskState.Stopped);
        child.Kernel.StartStopped(child);
    }

    /// <summary>
    /// wake_up_new_task(): from now on the child runs. The run queue's lock is a full barrier: what the parent
    /// has stored in the child is there.
    /// </summary>
    internal static async Op WakeUp(Cpu cpu, TaskStruct child)
    {
        await cpu.SmpMb(KernelSites.RunQueueLock);
        child.Kernel.StartUserMode(child);
    }
}
