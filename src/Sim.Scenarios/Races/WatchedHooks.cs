using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Races;

/// <summary>The hooks of a tracing layer, with a note of when a task begins to be released.</summary>
public sealed class WatchedHooks : TracehookDecorator
{
    private readonly Action _released;

    /// <summary>Watches hooks.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="inner">The tracing layer's.</param>
    /// <param name="released">Told, inside the step, that a task is past its release.</param>
    public WatchedHooks(SimMachine machine, ITracehook inner, Action released)
        : base(machine, inner, "watched")
    {
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
    public override async Op PrepareReleaseTask(Cpu cpu, TaskStruct task)
    {
        await cpu.Store(ReleaseBegan, true);
        await base.PrepareReleaseTask(cpu, task);
    }

    /// <inheritdoc/>
    public override async Op FinishReleaseTask(Cpu cpu, TaskStruct task)
    {
        if (FollowsRelease && !cpu.Machine.IsDirect)
        {
            await cpu.Store(ReleaseFinished, true);
            _released();
        }

        await base.FinishReleaseTask(cpu, task);
    }
}
