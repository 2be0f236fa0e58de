using Sim.Kernel;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Scenarios.Life;

/// <summary>Signals that come from nobody.</summary>
internal static class KernelSignals
{
    /// <summary>Sends a signal as the kernel itself, by a pointer that is not a reference: in an RCU read section.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="cpu">The sender's processor.</param>
    /// <param name="target">The task, or one of the group.</param>
    /// <param name="signal">Which.</param>
    /// <param name="group">Whether it is for the whole group.</param>
    /// <remarks>Context: any task. Locks: none; takes siglock.</remarks>
    internal static async Op SendSignal(this LinuxKernel kernel, Cpu cpu, TaskStruct target, int signal, bool group = true)
    {
        await cpu.Task().Rcu.Lock(cpu);
        await kernel.Send.SendLocking(cpu, signal, default, SignalSource.Kernel, target, group);
        await cpu.Task().Rcu.Unlock(cpu);
    }
}
