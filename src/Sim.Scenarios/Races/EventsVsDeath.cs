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
/// A tracer asks for DEATH while the task dies. Row M6; G1, G2.
/// </summary>
public sealed class EventsVsDeath : MachineObject
{
    private readonly UtraceWorld _world;
    private readonly TaskStruct _target;
    private readonly GuardedRef<UtraceEngine> _engine;
    private readonly UtraceEvents _events;

    private EventsVsDeath(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "events-vs-death")
    {
        _engine = new GuardedRef<UtraceEngine>(this, "engine", null);
        _world = new UtraceWorld(machine, request.Variant);
        LinuxKernel kernel = _world.Kernel;
        TaskStruct? parent = request.Values["parent"] != 0 ? kernel.MakeTask("parent", null, Parent) : null;
        _target = kernel.MakeTask("target", parent, Target);
        _events = UtraceEvents.Death |
            (request.Values["quiesce"] != 0 ? UtraceEvents.Quiesce : UtraceEvents.None);
        var ops = new WatchedOps(_world.Watch(_target, "E0"));
        _engine.Set(machine.BootCpu, _world.SetUpEngine(ops, UtraceEvents.None));
        kernel.MakeTask("tracer", null, Tracer);
        _world.Set(_target.Usage, 3);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new EventsVsDeath(machine, request)._world.AtEnd;

    private async Op Parent(Cpu cpu) => await _world.Kernel.Wait.WaitForChild(cpu);

    private Op Target(Cpu cpu) => _world.Kernel.Exit.DoExit(cpu, 0);

    private async Op Tracer(Cpu cpu)
    {
        UtraceEngine engine = _engine.Get(cpu)!;
        await _world.SetEvents(cpu, _target, engine, _events);
        await engine.Put(cpu);
        await _target.Put(cpu);
    }
}
