using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Oracle.Running;

/// <summary>
/// A task sleeps interruptibly, as in nanosleep(), until a word is not what it was at first; the word's writer need
/// not know the sleeper.
/// </summary>
internal static class SilentSleep
{
    /// <summary>A system call without a trace of its own. A signal ends it; its handlers have run then.</summary>
    /// <returns>Whether the word has changed.</returns>
    internal static async Op<bool> Until<T>(User user, ValueCell<T> word)
        where T : unmanaged, IEquatable<T>
    {
        SyscallGate gate = user.Task.Kernel.Gate;
        await gate.Enter(user.Cpu);
        bool changed = await InKernel(user.Cpu, word);
        await gate.Leave(user.Cpu, changed ? 0 : -(long)Errno.EINTR);
        return changed;
    }

    /// <summary>The sleep itself.</summary>
    /// <returns>False when a signal has to be looked at first.</returns>
    internal static async Op<bool> InKernel<T>(Cpu cpu, ValueCell<T> word)
        where T : unmanaged, IEquatable<T>
    {
        TaskStruct task = cpu.Task();
        await Scheduling.SetCurrentState(cpu, TaskState.Interruptible);
        bool changed = !(await cpu.Load(word)).Equals(default);
        ThreadFlags flags = await cpu.Load(task.ThreadFlags);
        while (!changed && (flags & ThreadFlags.SignalPending) == ThreadFlags.None)
        {
            await cpu.Watch(WatchSet.Empty.With(word, default).With(task.ThreadFlags, flags));
            changed = !(await cpu.Load(word)).Equals(default);
            flags = await cpu.Load(task.ThreadFlags);
        }

        await Scheduling.SetCurrentStateRelaxed(cpu, TaskState.Running);
        return changed;
    }
}
