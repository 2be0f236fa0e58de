using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Laws;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// A small program makes one kind of event after the other while several engines of an awkward manner are attached.
/// G17 to G25.
/// </summary>
public sealed class PassesOverEngines : MachineObject
{
    /// <summary>The program that sends itself a signal with a handler that was there before.</summary>
    private const int OwnSignal = 7;

    private readonly UtraceWorld _world;
    private readonly TaskStruct _target;
    private readonly TaskWatch _watch;
    private readonly int _program;
    private readonly GhostRef<UtraceEngine> _released;

    private PassesOverEngines(
        SimMachine machine,
        WorldRequest request,
        int program,
        EngineManner manner,
        int engines,
        int released = -1,
        bool onceStopped = false)
        : base(machine, "scenario", "passes")
    {
        _world = new UtraceWorld(machine, UtraceWorld.Named(request.Variant), init: false) { FollowsTasks = true };
        _program = program;
        _released = new GhostRef<UtraceEngine>(this, "engine to let go");
        _target = _world.Life!.Process("target", Run, _world.Life.Stranger("parent", _ => Op.Done));
        if (program == OwnSignal)
        {
            _world.Kernel.SetAction(_target, Signals.SIGUSR1, Handler);
        }

        _watch = _world.Follow(_target);
        for (int i = 0; i < engines; i++)
        {
            WatchedOps? born = manner == EngineManner.Attaches
                ? new WatchedOps(_world.Watch(_target, $"born{i}"))
                : null;
            var ops = new AwkwardOps(_world, _world.Watch(_target, $"E{i}"), manner, i, engines, born);
            UtraceEngine engine = _world.SetUpEngine(ops, ops.Wants);
            if (i == released)
            {
                _released.Note(engine);
                _world.Set(_target.Usage, 3);
                _world.Life.Stranger("tracer", onceStopped ? LetGoOnceStopped : LetGo);
            }
            else
            {
                engine.Put(machine.BootCpu).GetAwaiter().GetResult();
            }
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
    {
        ParameterValues values = request.Values;
        var scenario = new PassesOverEngines(
            machine,
            request,
            values["program"],
            (EngineManner)values["manner"],
            values["engines"],
            values["tracer"] != 0 ? values["engines"] - 1 : -1);
        return scenario.AtEnd;
    }

    /// <summary>Makes the world in which a stop meets a signal, and the tracer lets the task go once it has stopped.</summary>
    public static Action BuildQuietStop(SimMachine machine, WorldRequest request)
        => new PassesOverEngines(machine, request, OwnSignal, EngineManner.HoldsQuietly, 2, released: 0, onceStopped: true).AtEnd;

    private static SigAction Handler => SigAction.Run(new RoutineHandler((_, _) => Op.Done));

    private async Op<int> Run(User user)
    {
        switch (_program)
        {
            case 0:
                await user.Getppid();
                break;
            case 1:
                await user.Fork(new RoutineProgram(Child));
                await user.Wait4(-1);
                break;
            case 2:
                await user.Vfork(new RoutineProgram(Child));
                await user.Wait4(-1);
                break;
            case 3:
                await user.Sigaction(Signals.SIGUSR1, Handler);
                await user.Kill(user.Getpid(), Signals.SIGUSR1);
                break;
            case 4:
                await user.Kill(user.Getpid(), Signals.SIGCHLD);
                break;
            case 5:
                await user.Exec(new RoutineProgram(InUserMode));
                break;
            case 6:
                await user.Kill(user.Getpid(), Signals.SIGTERM);
                break;
            case OwnSignal:
                await user.Kill(user.Getpid(), Signals.SIGUSR1);
                break;
            default:
                break;
        }

        return await InUserMode(user);
    }

    /// <summary>The target stays a zombie of a parent that does not wait; only the laws are asked.</summary>
    private void AtEnd() => _watch.AtEnd();

    private async Op LetGoOnceStopped(User user)
    {
        await user.Cpu.LoadWhen(_target.State, GuardKind.Equal, TaskState.Traced);
        await LetGo(user);
    }

    private async Op LetGo(User user)
    {
        Cpu cpu = user.Cpu;
        UtraceEngine engine = _released.Peek!;
        await _world.Control(cpu, _target, engine, ResumeAction.Detach);
        await engine.Put(cpu);
        await _target.Put(cpu);
    }

    /// <summary>The child says that it runs, and ends.</summary>
    private async Op<int> Child(User user)
    {
        await _watch.See(user.Cpu, new TaskEvent(TaskEventKind.InUserMode, By: user.Task));
        return 0;
    }

    private async Op<int> InUserMode(User user)
    {
        await _world.InUserModeStepping(user.Cpu);
        return 0;
    }
}
