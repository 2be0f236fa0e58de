using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
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
/// A tracer stops a task in user mode, and may let it go again, while SIGKILL arrives: whatever the order, the task
/// dies, and its engine hears of it once.
/// </summary>
public sealed class KillVsStop : MachineObject
{
    private readonly UtraceWorld _world;
    private readonly TaskStruct _target;
    private readonly GhostRef<UtraceEngine> _engine;
    private readonly bool _groupStop;
    private readonly bool _resumes;

    private KillVsStop(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "traced-stop-vs-kill")
    {
        _world = new UtraceWorld(machine, UtraceWorld.Named(request.Variant), init: false)
        {
            FollowsTasks = true,
            FollowsStops = true,
        };
        _resumes = request.Values["resume"] == 1;
        _groupStop = request.Values["jobcontrol"] == 1;
        _engine = new GhostRef<UtraceEngine>(this, "engine");
        _target = _world.Life!.Process("target", RunOn, _world.Life.Stranger("parent", _ => Op.Done));
        EngineWatch watch = _world.Watch(_target, "E0");
        _engine.Note(_world.SetUpEngine(
            new WatchedOps(watch), UtraceEvents.Quiesce | UtraceEvents.Death | UtraceEvents.Reap));
        _world.Set(_target.Usage, 3);
        _world.Life.Stranger("tracer", Trace);
        _world.Life.Stranger("killer", Kill);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
    {
        var scenario = new KillVsStop(machine, request);
        return () =>
        {
            scenario._world.Life!.Expect(
                scenario._target.ExitState.Peek == ExitState.Zombie, "the process outlived SIGKILL");
        };
    }

    private static async Op<int> RunOn(User user)
    {
        while (true)
        {
            await user.RunUntilInterrupt();
        }
    }

    private async Op Trace(User user)
    {
        Cpu cpu = user.Cpu;
        UtraceEngine engine = _engine.Peek!;
        await _world.Control(cpu, _target, engine, ResumeAction.Stop);
        if (_resumes)
        {
            await _world.Control(cpu, _target, engine, ResumeAction.Resume);
        }

        await engine.Put(cpu);
        await _target.Put(cpu);
    }

    private async Op Kill(User user)
    {
        if (_groupStop)
        {
            await user.Kill(_target.Tgid, Signals.SIGSTOP);
        }

        await _world.Follow(_target).See(user.Cpu, new TaskEvent(TaskEventKind.KillSent, Result: Signals.SIGKILL));
        await user.Kill(_target.Tgid, Signals.SIGKILL);
    }
}
