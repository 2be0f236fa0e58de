using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// A tracer lets its engine go while the task dies and is reaped. Rows M4, M5; G5, G8, G10-G14.
/// </summary>
public sealed class DetachVsDeath : MachineObject
{
    private readonly UtraceWorld _world;
    private readonly TaskStruct _target;
    private readonly GuardedRef<UtraceEngine> _engine;

    private DetachVsDeath(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "detach-vs-death")
    {
        _engine = new GuardedRef<UtraceEngine>(this, "engine", null);
        bool stops = request.Values["stop"] != 0;
        _world = new UtraceWorld(machine, request.Variant) { FollowsStops = stops, FollowsControls = stops };
        LinuxKernel kernel = _world.Kernel;
        TaskStruct parent = kernel.MakeTask("parent", null, Parent);
        _target = kernel.MakeTask("target", parent, Target);
        if (request.Values["autoreap"] != 0)
        {
            kernel.SetAction(parent, Signals.SIGCHLD, SigAction.Ignore);
        }

        UtraceEvents events = UtraceEvents.Reap |
            (request.Values["death"] != 0 ? UtraceEvents.Death : UtraceEvents.None) |
            (stops || request.Values["exit"] != 0 ? UtraceEvents.Exit : UtraceEvents.None) |
            (request.Values["quiesce"] != 0 ? UtraceEvents.Quiesce : UtraceEvents.None);
        var ops = new WatchedOps(
            _world.Watch(_target, "E0"), onExit: stops ? ResumeAction.Stop : ResumeAction.Resume);
        _engine.Set(machine.BootCpu, _world.SetUpEngine(ops, events));
        if (request.Values["other"] != 0)
        {
            UtraceEngine other = _world.SetUpEngine(
                new WatchedOps(_world.Watch(_target, "E1")), UtraceEvents.Reap | UtraceEvents.Death);
            other.Put(machine.BootCpu).GetAwaiter().GetResult();
        }

        kernel.MakeTask("tracer", null, Tracer);
        _world.Set(_target.Usage, 3);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new DetachVsDeath(machine, request)._world.AtEnd;

    private async Op Parent(Cpu cpu) => await _world.Kernel.Wait.WaitForChild(cpu);

    private Op Target(Cpu cpu) => _world.Kernel.Exit.DoExit(cpu, 0);

    private async Op Tracer(Cpu cpu)
    {
        UtraceEngine engine = _engine.Get(cpu)!;
        await _world.Control(cpu, _target, engine, ResumeAction.Detach);
        await engine.Put(cpu);
        await _target.Put(cpu);
    }
}
