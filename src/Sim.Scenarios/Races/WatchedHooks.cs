using Sim.Kernel.Abi;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Races;

/// <summary>The hooks of a tracing layer, with a note of when a task begins to be released.</summary>
public sealed class WatchedHooks : MachineObject, ITracehook
{
    private readonly ITracehook _inner;
    private readonly Action _released;

    /// <summary>Watches hooks.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="inner">The tracing layer's.</param>
    /// <param name="released">Told, inside the step, that a task is past its release.</param>
    public WatchedHooks(SimMachine machine, ITracehook inner, Action released)
        : base(machine, "hooks", "watched")
    {
        _inner = inner;
        _released = released;
        ReleaseBegan = new Ghost<bool>(this, "release began");
        ReleaseFinished = new Ghost<bool>(this, "release finished");
    }

    /// <summary>Whether the releaser has finished with tracing; followed only if the world asks for it.</summary>
    public Ghost<bool> ReleaseFinished { get; }

    /// <summary>Whether <see cref="ReleaseFinished"/> is followed.</summary>
    public bool FollowsRelease { get; init; }

    /// <summary>Whether release_task() has begun; a world has one task that is released.</summary>
    public Ghost<bool> ReleaseBegan { get; }

    /// <inheritdoc/>
    public Op<bool> PrepareClone(Cpu cpu, CloneFlags flags) => _inner.PrepareClone(cpu, flags);

    /// <inheritdoc/>
    public Op FinishClone(Cpu cpu, TaskStruct child, CloneFlags flags) => _inner.FinishClone(cpu, child, flags);

    /// <inheritdoc/>
    public Op ReportClone(Cpu cpu, CloneFlags flags, int pid, TaskStruct child)
        => _inner.ReportClone(cpu, flags, pid, child);

    /// <inheritdoc/>
    public Op ReportCloneComplete(Cpu cpu, bool traced, CloneFlags flags, int pid)
        => _inner.ReportCloneComplete(cpu, traced, flags, pid);

    /// <inheritdoc/>
    public Op ReportVforkDone(Cpu cpu, int pid) => _inner.ReportVforkDone(cpu, pid);

    /// <inheritdoc/>
    public Op ReportExec(Cpu cpu) => _inner.ReportExec(cpu);

    /// <inheritdoc/>
    public Op<bool> ReportSyscallEntry(Cpu cpu) => _inner.ReportSyscallEntry(cpu);

    /// <inheritdoc/>
    public Op ReportSyscallExit(Cpu cpu) => _inner.ReportSyscallExit(cpu);

    /// <inheritdoc/>
    public Op<bool> ConsiderIgnoredSignal(Cpu cpu, TaskStruct task, int signal)
        => _inner.ConsiderIgnoredSignal(cpu, task, signal);

    /// <inheritdoc/>
    public Op<bool> ConsiderFatalSignal(Cpu cpu, TaskStruct task, int signal)
        => _inner.ConsiderFatalSignal(cpu, task, signal);

    /// <inheritdoc/>
    public Op<bool> ForceSigpending(Cpu cpu) => _inner.ForceSigpending(cpu);

    /// <inheritdoc/>
    public Op<SignalVerdict> GetSignal(Cpu cpu, SighandStruct sighand) => _inner.GetSignal(cpu, sighand);

    /// <inheritdoc/>
    public Op SignalHandler(Cpu cpu, int signal, SigInfo info) => _inner.SignalHandler(cpu, signal, info);

    /// <inheritdoc/>
    public Op<int> NotifyJctl(Cpu cpu, SighandStruct sighand, int notify, int why)
        => _inner.NotifyJctl(cpu, sighand, notify, why);

    /// <inheritdoc/>
    public Op FinishJctl(Cpu cpu) => _inner.FinishJctl(cpu);

    /// <inheritdoc/>
    public Op<int> ReportExit(Cpu cpu, int exitCode) => _inner.ReportExit(cpu, exitCode);

    /// <inheritdoc/>
    public int NotifyDeath(Cpu cpu, TaskStruct task, bool groupDead)
        => _inner.NotifyDeath(cpu, task, groupDead);

    /// <inheritdoc/>
    public Op ReportDeath(Cpu cpu, TaskStruct task, int signal, bool groupDead)
        => _inner.ReportDeath(cpu, task, signal, groupDead);

    /// <inheritdoc/>
    public async Op PrepareReleaseTask(Cpu cpu, TaskStruct task)
    {
        await cpu.Store(ReleaseBegan, true);
        await _inner.PrepareReleaseTask(cpu, task);
    }

    /// <inheritdoc/>
    public async Op FinishReleaseTask(Cpu cpu, TaskStruct task)
    {
        if (FollowsRelease && !cpu.Machine.IsDirect)
        {
            await cpu.Store(ReleaseFinished, true);
            _released();
        }

        await _inner.FinishReleaseTask(cpu, task);
    }

    /// <inheritdoc/>
    public Op NotifyResume(Cpu cpu) => _inner.NotifyResume(cpu);

    /// <inheritdoc/>
    public Op FreeTask(Cpu cpu, TaskStruct task) => _inner.FreeTask(cpu, task);
}
