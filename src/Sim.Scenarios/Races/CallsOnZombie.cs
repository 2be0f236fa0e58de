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
/// A tracer makes a call on an engine of a task that has died, while the death is reported or while the parent reaps,
/// and makes every call again when the engine has been torn down. G2, G6, G8, G9, G13, G14.
/// </summary>
public sealed class CallsOnZombie : MachineObject
{
    private readonly UtraceWorld _world;
    private readonly TaskStruct _target;
    private readonly GuardedRef<UtraceEngine> _engine;
    private readonly WatchedOps _late;
    private readonly DeadCall _call;
    private readonly int _after;
    private readonly bool _isLate;
    private readonly bool _reported;
    private readonly UtraceEvents _wants;

    private CallsOnZombie(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "calls-on-zombie")
    {
        _call = (DeadCall)request.Values["call"];
        _after = request.Values["after"];
        _isLate = request.Values["late"] != 0;
        _reported = request.Values["reported"] != 0;
        _engine = new GuardedRef<UtraceEngine>(this, "engine", null);
        _world = new UtraceWorld(machine, request.Variant) { FollowsDeath = true };
        LinuxKernel kernel = _world.Kernel;
        TaskStruct parent = kernel.MakeTask("parent", null, Parent);
        _target = kernel.MakeTask("target", parent, Target);
        _wants = (request.Values["quiesce"] != 0 ? UtraceEvents.Quiesce : UtraceEvents.None) |
            (request.Values["reap"] != 0 ? UtraceEvents.Reap : UtraceEvents.None);
        if (request.Values["other"] != 0)
        {
            UtraceEngine other = _world.SetUpEngine(
                new WatchedOps(_world.Watch(_target, "E1")), UtraceEvents.DeathEvents | UtraceEvents.Reap);
            other.Put(machine.BootCpu).GetAwaiter().GetResult();
        }

        _late = new WatchedOps(_world.Watch(_target, "E0"));
        if (!_isLate)
        {
            _engine.Set(machine.BootCpu, _world.SetUpEngine(_late, _wants));
        }

        kernel.MakeTask("tracer", null, Tracer);
        _world.Set(_target.Usage, 3);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new CallsOnZombie(machine, request)._world.AtEnd;

    private async Op Parent(Cpu cpu) => await _world.Kernel.Wait.WaitForChild(cpu);

    private Op Target(Cpu cpu) => _world.Kernel.Exit.DoExit(cpu, 0);

    private async Op Tracer(Cpu cpu)
    {
        if (_reported)
        {
            await _world.AwaitDeathReported(cpu);
        }
        else
        {
            await cpu.LoadWhen(_target.ExitState, GuardKind.NotEqual, ExitState.Alive);
        }

        UtraceEngine? engine = _isLate
            ? await _world.Attach(cpu, _target, _late)
            : _engine.Get(cpu);
        if (engine is not null)
        {
            await Call(cpu, engine, _call);
            if (_after != 0)
            {
                await _world.AwaitTornDown(cpu);
                await CallAgain(cpu, engine);
            }

            await engine.Put(cpu);
        }

        await _target.Put(cpu);
    }

    private async Op Call(Cpu cpu, UtraceEngine engine, DeadCall call)
    {
        switch (call)
        {
            case DeadCall.None:
                break;
            case DeadCall.AskForDeath:
                await _world.SetEvents(cpu, _target, engine, _wants | UtraceEvents.Death);
                break;
            case DeadCall.AskForQuiesce:
                await _world.SetEvents(cpu, _target, engine, _wants | UtraceEvents.Quiesce);
                break;
            case DeadCall.AskForReap:
                await _world.SetEvents(cpu, _target, engine, _wants | UtraceEvents.Reap);
                break;
            case DeadCall.TakeBack:
                await _world.SetEvents(cpu, _target, engine, UtraceEvents.None);
                break;
            case DeadCall.Stop:
                await _world.Control(cpu, _target, engine, ResumeAction.Stop);
                break;
            case DeadCall.Interrupt:
                await _world.Control(cpu, _target, engine, ResumeAction.Interrupt);
                break;
            case DeadCall.Report:
                await _world.Control(cpu, _target, engine, ResumeAction.Report);
                break;
            case DeadCall.Resume:
                await _world.Control(cpu, _target, engine, ResumeAction.Resume);
                break;
            case DeadCall.Detach:
                await _world.Control(cpu, _target, engine, ResumeAction.Detach);
                await _world.SetEvents(cpu, _target, engine, UtraceEvents.Reap);
                break;
            case DeadCall.Barrier:
                await _world.Barrier(cpu, _target, engine);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Every call on an engine that has been torn down.</summary>
    private async Op CallAgain(Cpu cpu, UtraceEngine engine)
    {
        await _world.Look(cpu, engine);
        await _world.SetEvents(cpu, _target, engine, UtraceEvents.Reap);
        await _world.Control(cpu, _target, engine, ResumeAction.Stop);
        await _world.Control(cpu, _target, engine, ResumeAction.Detach);
        await _world.Barrier(cpu, _target, engine);
        if (_after == 2)
        {
            await _world.Control(cpu, _target, engine, ResumeAction.Report);
        }
    }

    /// <summary>The call that is made while the task dies.</summary>
    private enum DeadCall
    {
        None,
        AskForDeath,
        AskForQuiesce,
        AskForReap,
        TakeBack,
        Stop,
        Interrupt,
        Report,
        Resume,
        Detach,
        Barrier,
    }
}
