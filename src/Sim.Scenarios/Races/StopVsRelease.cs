using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// One engine's owner stops a task and lets it go again, whether it is there already or not; another engine's owner
/// does the same at the same time. The task runs when both have let go, and not before.
/// </summary>
public sealed class StopVsRelease : MachineObject
{
    private readonly TracedTask _scene;
    private readonly int _trips;
    private readonly bool _waits;
    private readonly ResumeAction _letGo;

    private StopVsRelease(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "stop-vs-release")
    {
        _trips = request.Values["trips"];
        _waits = request.Values["waits"] == 1;
        _letGo = request.Values["detach"] == 1 ? ResumeAction.Detach : ResumeAction.Resume;
        _scene = new TracedTask(machine, request.Variant, Run);
        int silent = _scene.Attach(
            request.Values["quiesce"] == 1 ? UtraceEvents.Quiesce : UtraceEvents.None,
            watch => new WatchedOps(watch));
        int other = _scene.Attach(UtraceEvents.Quiesce, watch => new WatchedOps(
            watch, onQuiesce: request.Values["answer"] == 1 ? ResumeAction.Stop : ResumeAction.Resume));
        _scene.Caller("tracer0", cpu => StopAndGo(cpu, silent));
        if (request.Values["tracers"] == 2)
        {
            _scene.Caller("tracer1", cpu => StopAndGo(cpu, other));
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new StopVsRelease(machine, request)._scene.World.AtEnd;

    private async Op Run(User user)
    {
        for (int i = 0; i < _trips; i++)
        {
            await _scene.Trip(user);
        }
    }

    private async Op StopAndGo(Cpu cpu, int engine)
    {
        await _scene.Control(cpu, engine, ResumeAction.Stop);
        if (_waits)
        {
            await _scene.Look(cpu);
        }

        await _scene.Control(cpu, engine, _letGo);
        await _scene.LookUntil(cpu);
    }
}
