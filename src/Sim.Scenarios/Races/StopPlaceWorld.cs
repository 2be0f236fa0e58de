using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Laws;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// An engine answers STOP once to one event, and its owner lets the task go when it has seen it stopped. The task goes no
/// further than the place where that event stops it.
/// The engine may give its event up and answer STOP to the quiesce callback before it.
/// </summary>
public sealed class StopPlaceWorld : MachineObject
{
    private static readonly UtraceEvents[] s_events =
        [UtraceEvents.SyscallEntry, UtraceEvents.SyscallExit, UtraceEvents.Exit, UtraceEvents.Clone, UtraceEvents.Clone];

    private readonly TracedTask _scene;
    private readonly int _place;

    private StopPlaceWorld(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "stop-places")
    {
        _place = request.Values["event"];
        _scene = new TracedTask(machine, request.Variant, Run);
        UtraceEvents events = s_events[_place] |
            (request.Values["quiesce"] == 1 ? UtraceEvents.Quiesce : UtraceEvents.None);
        int engine = _scene.Attach(events, watch => new Stopper(watch, _scene, request.Values["gives"] == 1));
        _scene.Caller("tracer", cpu => Release(cpu, engine));
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new StopPlaceWorld(machine, request)._scene.World.AtEnd;

    private async Op Run(User user)
    {
        switch (_place)
        {
            case 2:
                await user.Exit(0);
                break;
            case 3:
                await user.Vfork(Life.KernelWorld.Exits(0));
                break;
            case 4:
                await user.Fork(Life.KernelWorld.Exits(0));
                break;
            default:
                await user.Getppid();
                break;
        }

        await _scene.World.InUserMode(user.Cpu);
    }

    private async Op Release(Cpu cpu, int engine)
    {
        if (await _scene.LookUntil(cpu))
        {
            await _scene.Control(cpu, engine, ResumeAction.Resume);
        }
    }

    /// <summary>Answers STOP, and to quiesce too while it holds the task: an answer counts for the whole pass.</summary>
    private sealed class Stopper(EngineWatch watch, TracedTask scene, bool givesUp) : WatchedOps(watch)
    {
        protected override async Op<Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called)
        {
            if (givesUp && called.Events == UtraceEvents.Quiesce && called.During != UtraceEvents.None)
            {
                await scene.World.SetEvents(cpu, scene.Task, engine, UtraceEvents.Quiesce | UtraceEvents.Reap);
                return ResumeAction.Stop;
            }

            bool stops = called.Events == UtraceEvents.Quiesce
                ? called.During == UtraceEvents.None
                : called.Events is not UtraceEvents.Death and not UtraceEvents.Reap;
            return stops ? Default(called) with { Resume = ResumeAction.Stop } : Default(called);
        }
    }
}
