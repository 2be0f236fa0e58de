using Sim.Kernel.Abi;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Tracehook;

/// <summary>Hooks that pass every call on; who watches a tracing layer overrides what it looks at.</summary>
/// <param name="inner">The tracing layer.</param>
/// <param name="label">Its name in traces.</param>
/// <param name="machine">The machine.</param>
public abstract class TracehookDecorator(SimMachine machine, ITracehook inner, string label)
    : MachineObject(machine, "hooks", label), ITracehook
{
    /// <inheritdoc/>
    public virtual Op<bool> PrepareClone(Cpu cpu, CloneFlags flags) => inner.PrepareClone(cpu, flags);

    /// <inheritdoc/>
    public virtual Op FinishClone(Cpu cpu, TaskStruct child, CloneFlags flags) => inner.FinishClone(cpu, child, flags);

    /// <inheritdoc/>
    public virtual Op ReportClone(Cpu cpu, CloneFlags flags, int pid, TaskStruct child)
        => inner.ReportClone(cpu, flags, pid, child);

    /// <inheritdoc/>
    public virtual Op ReportCloneComplete(Cpu cpu, bool traced, CloneFlags flags, int pid)
        => inner.ReportCloneComplete(cpu, traced, flags, pid);

    /// <inheritdoc/>
    public virtual Op ReportVforkDone(Cpu cpu, int pid) => inner.ReportVforkDone(cpu, pid);

    /// <inheritdoc/>
    public virtual Op ReportExec(Cpu cpu) => inner.ReportExec(cpu);

    /// <inheritdoc/>
    public virtual Op<bool> ReportSyscallEntry(Cpu cpu) => inner.ReportSyscallEntry(cpu);

    /// <inheritdoc/>
    public virtual Op ReportSyscallExit(Cpu cpu) => inner.ReportSyscallExit(cpu);

    /// <inheritdoc/>
    public virtual Op<bool> ConsiderIgnoredSignal(Cpu cpu, TaskStruct task, int signal)
        => inner.ConsiderIgnoredSignal(cpu, task, signal);

    /// <inheritdoc/>
    public virtual Op<bool> ConsiderFatalSignal(Cpu cpu, TaskStruct task, int signal)
        => inner.ConsiderFatalSignal(cpu, task, signal);

    /// <inheritdoc/>
    public virtual Op<bool> ForceSigpending(Cpu cpu) => inner.ForceSigpending(cpu);

    /// <inheritdoc/>
    public virtual Op<SignalVerdict> GetSignal(Cpu cpu, SighandStruct sighand) => inner.GetSignal(cpu, sighand);

    /// <inheritdoc/>
    public virtual Op SignalHandler(Cpu cpu, int signal, SigInfo info) => inner.SignalHandler(cpu, signal, info);

    /// <inheritdoc/>
    public virtual Op<int> NotifyJctl(Cpu cpu, SighandStruct sighand, int notify, int why)
        => inner.NotifyJctl(cpu, sighand, notify, why);

    /// <inheritdoc/>
    public virtual Op FinishJctl(Cpu cpu) => inner.FinishJctl(cpu);

    /// <inheritdoc/>
    public virtual Op<int> ReportExit(Cpu cpu, int exitCode) => inner.ReportExit(cpu, exitCode);

    /// <inheritdoc/>
    public virtual int NotifyDeath(Cpu cpu, TaskStruct task, bool groupDead)
        => inner.NotifyDeath(cpu, task, groupDead);

    /// <inheritdoc/>
    public virtual Op ReportDeath(Cpu cpu, TaskStruct task, int signal, bool groupDead)
        => inner.ReportDeath(cpu, task, signal, groupDead);

    /// <inheritdoc/>
    public virtual Op PrepareReleaseTask(Cpu cpu, TaskStruct task) => inner.PrepareReleaseTask(cpu, task);

    /// <inheritdoc/>
    public virtual Op FinishReleaseTask(Cpu cpu, TaskStruct task) => inner.FinishReleaseTask(cpu, task);

    /// <inheritdoc/>
    public virtual Op NotifyResume(Cpu cpu) => inner.NotifyResume(cpu);

    /// <inheritdoc/>
    public virtual Op FreeTask(Cpu cpu, TaskStruct task) => inner.FreeTask(cpu, task);
}
