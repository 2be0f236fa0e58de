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
/// A tracer stops asking for an event, or lets its engine go, while the task reports that event, and
/// then waits with barrier. Rows M4, M5, M5b, M7; G11, G12, G15, G16.
/// </summary>
public sealed class BarrierVsCallback : MachineObject
{
    private readonly UtraceWorld _world;
    private readonly TaskStruct _target;
    private readonly GuardedRef<UtraceEngine> _engine;
    private readonly UtraceEvents _kept;
    private readonly bool _detach;
    private readonly GuardedRef<UtraceEngine> _other;

    private BarrierVsCallback(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "barrier-vs-callback")
    {
        _engine = new GuardedRef<UtraceEngine>(this, "engine", null);
        _world = new UtraceWorld(machine, request.Variant);
        _detach = request.Values["detach"] != 0;
        _other = new GuardedRef<UtraceEngine>(this, "other engine", null);
        LinuxKernel kernel = _world.Kernel;
        _target = kernel.MakeTask("target", null, Target);
        _kept = request.Values["quiesce"] != 0 ? UtraceEvents.Quiesce : UtraceEvents.None;
        var ops = new WatchedOps(_world.Watch(_target, "E0"));
        UtraceEngine engine = _world.SetUpEngine(ops, UtraceEvents.Exit | _kept);
        _engine.Set(machine.BootCpu, engine);
        kernel.MakeTask("tracer", null, Tracer);
        int requesters = request.Values["requester"];
        if (requesters != 0)
        {
            var others = new WatchedOps(_world.Watch(_target, "E1"));
            _other.Set(machine.BootCpu, _world.SetUpEngine(others, UtraceEvents.Quiesce));
            kernel.MakeTask("requester", null, Requester);
        }

        _world.Set(_target.Usage, 3 + requesters);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new BarrierVsCallback(machine, request)._world.AtEnd;

    private async Op Target(Cpu cpu)
    {
        await _world.Kernel.ReturnWork.ExitToUser(cpu);
        await _world.Kernel.Exit.DoExit(cpu, 0);
    }

    private async Op Requester(Cpu cpu)
    {
        UtraceEngine engine = _other.Get(cpu)!;
        await _world.Control(cpu, _target, engine, ResumeAction.Report);
        await engine.Put(cpu);
        await _target.Put(cpu);
    }

    private async Op Tracer(Cpu cpu)
    {
        UtraceEngine engine = _engine.Get(cpu)!;
        Errno error = _detach
            ? await _world.Control(cpu, _target, engine, ResumeAction.Detach)
            : await _world.SetEvents(cpu, _target, engine, _kept);
        if (error == Errno.EINPROGRESS)
        {
            await _world.Barrier(cpu, _target, engine);
        }

        await engine.Put(cpu);
        await _target.Put(cpu);
    }
}
