using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Laws;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// A call on an engine while one of its callbacks runs, made by a tracer or by the callback itself, and the same
/// call again afterwards: detach, set_events, barrier and attach inside every callback of a task that reports on its
/// way to user mode, exits, dies and is reaped. G3 to G5, G8, G11 to G16.
/// </summary>
public sealed class CallsInCallbacks : MachineObject
{
    private readonly UtraceWorld _world;
    private readonly TaskStruct _target;
    private readonly GuardedRef<UtraceEngine> _engine;
    private readonly Shared<bool> _inside;
    private readonly Shared<bool> _called;
    private readonly WatchedOps _late;
    private readonly CallKind _call;
    private readonly Caller _caller;
    private readonly UtraceEvents _at;
    private readonly UtraceEvents _during;
    private readonly UtraceEvents _wants;
    private readonly ResumeAction _answer;
    private readonly bool _after;
    private readonly bool _again;

    private CallsInCallbacks(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "calls-in-callbacks")
    {
        _call = (CallKind)request.Values["call"];
        _caller = (Caller)request.Values["by"];
        _answer = (ResumeAction)request.Values["answer"];
        _after = request.Values["after"] != 0;
        _again = request.Values["again"] != 0;
        _engine = new GuardedRef<UtraceEngine>(this, "engine", null);
        _inside = new Shared<bool>(this, "inside the callback");
        _called = new Shared<bool>(this, "call made");
        _world = new UtraceWorld(machine, request.Variant) { FollowsDeath = _after };
        LinuxKernel kernel = _world.Kernel;
        TaskStruct parent = kernel.MakeTask("parent", null, Parent);
        if (request.Values["autoreap"] != 0)
        {
            kernel.SetAction(parent, Signals.SIGCHLD, SigAction.Ignore);
        }

        _target = kernel.MakeTask("target", parent, Target);
        (_at, _during) = request.Values["at"] switch
        {
            0 => (UtraceEvents.Quiesce, UtraceEvents.None),
            1 => (UtraceEvents.Quiesce, UtraceEvents.Exit),
            2 => (UtraceEvents.Exit, UtraceEvents.Exit),
            3 => (UtraceEvents.Quiesce, UtraceEvents.Death),
            4 => (UtraceEvents.Death, UtraceEvents.Death),
            _ => (UtraceEvents.Reap, UtraceEvents.Reap),
        };
        _wants = _at | UtraceEvents.Exit | UtraceEvents.Death | UtraceEvents.Reap;
        UtraceEngine engine = _world.SetUpEngine(new BusyOps(_world.Watch(_target, "E0"), this), _wants);
        _engine.Set(machine.BootCpu, engine);
        _late = new WatchedOps(_world.Watch(_target, "E1"));
        if (_during == UtraceEvents.None)
        {
            _world.Control(machine.BootCpu, _target, engine, ResumeAction.Report).GetAwaiter().GetResult();
        }

        kernel.MakeTask("tracer", null, Tracer);
        _world.Set(_target.Usage, 3);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new CallsInCallbacks(machine, request)._world.AtEnd;

    private async Op Parent(Cpu cpu) => await _world.Kernel.Wait.WaitForChild(cpu);

    private async Op Target(Cpu cpu)
    {
        await _world.Kernel.ReturnWork.ExitToUser(cpu);
        await _world.Kernel.Exit.DoExit(cpu, 0);
    }

    private async Op Tracer(Cpu cpu)
    {
        UtraceEngine engine = _engine.Get(cpu)!;
        if (_caller == Caller.Callback)
        {
            await cpu.LoadWhen(_called, GuardKind.Equal, true);
        }
        else
        {
            await cpu.LoadWhen(_inside, GuardKind.Equal, true);
            await Call(cpu, engine);
            await cpu.Store(_called, true);
        }

        await Follow(cpu, engine);
        await engine.Put(cpu);
        await _target.Put(cpu);
    }

    private async Op Call(Cpu cpu, UtraceEngine engine)
    {
        switch (_call)
        {
            case CallKind.Detach:
                await _world.Control(cpu, _target, engine, ResumeAction.Detach);
                break;
            case CallKind.TakeBack:
                await _world.SetEvents(cpu, _target, engine, UtraceEvents.None);
                break;
            case CallKind.Ask:
                await _world.SetEvents(cpu, _target, engine, _wants | UtraceEvents.Quiesce);
                break;
            case CallKind.Barrier:
                await _world.Barrier(cpu, _target, engine);
                break;
            case CallKind.Attach:
                if (await _world.Attach(cpu, _target, _late) is { } late)
                {
                    await _world.SetEvents(cpu, _target, late, UtraceEvents.DeathEvents | UtraceEvents.Reap);
                    await late.Put(cpu);
                }

                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>What the tracer does after the call: what it left undone, and what it can no longer do.</summary>
    private async Op Follow(Cpu cpu, UtraceEngine engine)
    {
        if (_again && _call == CallKind.Detach)
        {
            await _world.SetEvents(cpu, _target, engine, UtraceEvents.Reap);
        }

        if (_answer == ResumeAction.Stop)
        {
            await _world.Control(cpu, _target, engine, ResumeAction.Resume);
        }

        if (_after)
        {
            await _world.AwaitTornDown(cpu);
            await _world.Look(cpu, engine);
            await _world.SetEvents(cpu, _target, engine, UtraceEvents.None);
            await _world.Barrier(cpu, _target, engine);
        }
    }

    /// <summary>Who calls.</summary>
    private enum Caller
    {
        /// <summary>The tracer, and the callback does not return before the call has.</summary>
        TracerMeanwhile,

        /// <summary>The callback.</summary>
        Callback,

        /// <summary>The tracer, some time after the callback has begun.</summary>
        TracerAfterwards,
    }

    /// <summary>What is called.</summary>
    private enum CallKind
    {
        Detach,
        TakeBack,
        Ask,
        Barrier,
        Attach,
    }

    private sealed class BusyOps(EngineWatch watch, CallsInCallbacks scenario) : WatchedOps(watch)
    {
        protected override async Op<Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called)
        {
            if (called.Events != scenario._at || called.During != scenario._during ||
                await cpu.Load(scenario._inside))
            {
                return Default(called);
            }

            await cpu.Store(scenario._inside, true);
            if (scenario._caller == Caller.Callback)
            {
                await scenario.Call(cpu, engine);
                await cpu.Store(scenario._called, true);
            }
            else if (scenario._caller == Caller.TracerMeanwhile)
            {
                await cpu.LoadWhen(scenario._called, GuardKind.Equal, true);
            }

            return scenario._answer;
        }
    }
}
