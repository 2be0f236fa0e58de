using Sim.Kernel.Abi;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Tracehook;

/// <summary>A kernel without tracing.</summary>
[Immutable]
public sealed class NoTracing : ITracehook
{
    /// <inheritdoc/>
    public Op<bool> PrepareClone(Cpu cpu, CloneFlags flags) => Op<bool>.Of(false);

    /// <inheritdoc/>
    public Op FinishClone(Cpu cpu, TaskStruct child, CloneFlags flags)
    {
        Lifecycle.PtraceLinks.InitTask(cpu, child, flags);
        return Op.Done;
    }

    /// <inheritdoc/>
    public Op ReportClone(Cpu cpu, CloneFlags flags, int pid, TaskStruct child) => Op.Done;

    /// <inheritdoc/>
    public Op ReportCloneComplete(Cpu cpu, bool traced, CloneFlags flags, int pid) => Op.Done;

    /// <inheritdoc/>
    public Op ReportVforkDone(Cpu cpu, int pid) => Op.Done;

    /// <inheritdoc/>
    public Op ReportExec(Cpu cpu) => Op.Done;

    /// <inheritdoc/>
    public Op<bool> ReportSyscallEntry(Cpu cpu) => Op<bool>.Of(false);

    /// <inheritdoc/>
    public Op ReportSyscallExit(Cpu cpu) => Op.Done;

    /// <inheritdoc/>
    public Op<bool> ConsiderIgnoredSignal(Cpu cpu, TaskStruct task, int signal) => Op<bool>.Of(false);

    /// <inheritdoc/>
    public Op<bool> ConsiderFatalSignal(Cpu cpu, TaskStruct task, int signal) => Op<bool>.Of(false);

    /// <inheritdoc/>
    public Op<bool> ForceSigpending(Cpu cpu) => Op<bool>.Of(false);

    /// <inheritdoc/>
    public Op<SignalVerdict> GetSignal(Cpu cpu, SighandStruct sighand) => Op<SignalVerdict>.Of(default);

    /// <inheritdoc/>
    public Op SignalHandler(Cpu cpu, int signal, SigInfo info) => Op.Done;

    /// <inheritdoc/>
    public Op<int> NotifyJctl(Cpu cpu, SighandStruct sighand, int notify, int why) => Op<int>.Of(notify);

    /// <inheritdoc/>
    public Op FinishJctl(Cpu cpu) => Op.Done;

    /// <inheritdoc/>
    public Op<int> ReportExit(Cpu cpu, int exitCode) => Op<int>.Of(exitCode);

    /// <inheritdoc/>
    public int NotifyDeath(Cpu cpu, TaskStruct task, bool groupDead) => DeathAction.Of(cpu, task);

    /// <inheritdoc/>
    public Op ReportDeath(Cpu cpu, TaskStruct task, int signal, bool groupDead) => Op.Done;

    /// <inheritdoc/>
    public Op PrepareReleaseTask(Cpu cpu, TaskStruct task) => Op.Done;

    /// <inheritdoc/>
    public Op FinishReleaseTask(Cpu cpu, TaskStruct task) => Lifecycle.PtraceLinks.Unlink(cpu, task);

    /// <inheritdoc/>
    public Op NotifyResume(Cpu cpu) => Op.Done;

    /// <inheritdoc/>
    public Op FreeTask(Cpu cpu, TaskStruct task) => Op.Done;
}
