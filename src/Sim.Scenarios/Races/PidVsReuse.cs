using Sim.Kernel;
using Sim.Kernel.Pids;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// An owner knows a traced process by its struct pid alone. The process dies and its parent makes another one, which
/// gets the same number; or a thread of it calls exec and takes the number over. The owner looks whom the name stands
/// for, and calls by it. G38.
/// </summary>
public sealed class PidVsReuse : MachineObject
{
    private readonly UtraceWorld _world;
    private readonly WatchedOps _late;
    private readonly GhostRef<UtraceEngine> _engine;
    private readonly Pid _pid;
    private readonly TaskStruct _target;
    private readonly bool _exec;

    private PidVsReuse(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "pid-vs-reuse")
    {
        _exec = request.Values["exec"] != 0;
        _world = new UtraceWorld(
            machine,
            UtraceWorld.Named(request.Variant),
            init: false,
            new KernelOptions { PidMax = _exec ? 8 : 5 });
        _engine = new GhostRef<UtraceEngine>(this, "engine");
        TaskStruct parent = _world.Life!.Stranger("parent", _exec ? _ => Op.Done : Replace);
        _target = _world.Life.Process("target", _exec ? Pause : Exit, parent);
        _pid = _target.ThreadPid.Peek!;
        _world.Set(_pid.Count, 2);
        var ops = new WatchedOps(_world.Watch(_target, "E0"));
        _engine.Note(_world.SetUpEngine(ops, UtraceEvents.Reap));
        _late = new WatchedOps(_world.Watch(_target, "E1"));
        _world.Kernel.MakeTask("owner", null, Owner);
        if (_exec)
        {
            _world.Life.Thread("thread", _target, Exec);
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
    {
        var scenario = new PidVsReuse(machine, request);
        return () => scenario._late.Watch.AtEnd();
    }

    private static Op<int> Exit(User user) => Op<int>.Of(0);

    private static async Op<int> Pause(User user)
    {
        await user.Pause();
        return 1;
    }

    private static async Op<int> Exec(User user)
    {
        await user.Exec(new RoutineProgram(Stay));
        return 2;
    }

    private static async Op<int> Stay(User user)
    {
        await user.Cpu.End();
        return 0;
    }

    /// <summary>The parent waits for its child and makes another.</summary>
    private static async Op Replace(User user)
    {
        await user.Wait4(-1);
        await user.Fork(new RoutineProgram(Stay));
    }

    private async Op Owner(Cpu cpu)
    {
        UtraceEngine engine = _engine.Peek!;
        UtraceEngine? late = null;
        if (!_exec)
        {
            // After an exec it would be another task's engine, of which the watch knows nothing.
            await _world.LookAtPid(cpu, _late.Watch, _pid);
            late = await _world.AttachPid(cpu, _pid, _late);
        }

        await _world.LookAtPid(cpu, _late.Watch, _pid);
        await _world.ControlPid(cpu, _pid, engine, ResumeAction.Resume);
        if (late is not null)
        {
            await late.Put(cpu);
        }

        await engine.Put(cpu);
    }
}
