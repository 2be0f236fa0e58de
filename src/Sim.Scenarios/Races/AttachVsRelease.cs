using Sim.Kernel;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// A zombie is reaped by its parent while several tracers attach to it. Row M1; G3, G6, G7, G8.
/// </summary>
public sealed class AttachVsRelease : MachineObject
{
    private readonly UtraceWorld _world;
    private readonly TaskStruct _target;
    private readonly bool _setsEvents;

    private AttachVsRelease(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "attach-vs-release")
    {
        int attachers = request.Values["attachers"];
        _setsEvents = request.Values["events"] != 0;
        _world = new UtraceWorld(machine, request.Variant, zombie: true);
        LinuxKernel kernel = _world.Kernel;
        TaskStruct parent = kernel.MakeTask("parent", null, Parent);
        _target = kernel.MakeTask("target", parent);
        _world.Set(_target.ExitState, ExitState.Zombie);
        _world.Set(_target.State, TaskState.Dead);

        // One reference of the releaser, one of each attacher.
        _world.Set(_target.Usage, 1 + attachers);
        for (int i = 0; i < attachers; i++)
        {
            var ops = new WatchedOps(_world.Watch(_target, $"E{i}"));
            kernel.MakeTask($"attacher{i}", null, cpu => Attacher(cpu, ops));
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new AttachVsRelease(machine, request)._world.AtEnd;

    private async Op Parent(Cpu cpu) => await _world.Kernel.Wait.WaitForChild(cpu);

    private async Op Attacher(Cpu cpu, WatchedOps ops)
    {
        UtraceEngine? engine = await _world.Attach(cpu, _target, ops);
        if (engine is not null)
        {
            if (_setsEvents)
            {
                await _world.SetEvents(cpu, _target, engine, UtraceEvents.Reap);
            }

            await engine.Put(cpu);
        }

        await _target.Put(cpu);
    }
}
