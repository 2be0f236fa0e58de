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
