using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Scenarios.Life;

/// <summary>
/// A process is stopped and continued, or killed, while it forks, exits or has threads: SIGCONT always lets it
/// go on, SIGKILL always ends it, and no thread is left behind in a stop.
/// </summary>
public sealed class StopAndContinue : MachineObject
{
    private readonly KernelWorld _world;
    private readonly int _end;
    private readonly bool _forks;
    private readonly bool _childExits;
    private readonly TaskStruct _target;

    private StopAndContinue(SimMachine machine, WorldRequest request, int end, bool forks)
        : base(machine, "scenario", "stops")
    {
        _world = new KernelWorld(machine, init: false);
        _end = end;
        _forks = forks;
        _childExits = forks && request.Values["exits"] != 0;
        _target = _world.Process("target", Target);
        for (int i = 1; i < request.Values["threads"]; i++)
        {
            _world.Thread(FormattableString.Invariant($"thread{i}"), _target, Work);
        }

        _world.Stranger("controller", Control);
    }

    /// <summary>Makes the world of fork-vs-stop.</summary>
    public static Action BuildFork(SimMachine machine, WorldRequest request)
        => new StopAndContinue(machine, request, Signals.SIGCONT, forks: true)._world.AtEnd;

    /// <summary>Makes the world of stop-vs-cont.</summary>
    public static Action BuildContinue(SimMachine machine, WorldRequest request)
        => new StopAndContinue(machine, request, Signals.SIGCONT, forks: false)._world.AtEnd;

    /// <summary>Makes the world of kill-vs-stop.</summary>
    public static Action BuildKill(SimMachine machine, WorldRequest request)
        => new StopAndContinue(machine, request, Signals.SIGKILL, forks: false)._world.AtEnd;

    private static async Op<int> Work(User user)
    {
        await user.Yield();
        await user.ExitThread(0);
        return 0;
    }

    /// <summary>The child's life is not the point: it sleeps, and does not make the world larger by its end.</summary>
    private async Op<int> Stay(User user)
    {
        _world.Keep(user.Cpu, user.Task);
        await user.Cpu.End();
        return 0;
    }

    private async Op<int> Target(User user)
    {
        if (_forks)
        {
            long child = await user.Fork(_childExits ? KernelWorld.Exits(5) : new RoutineProgram(Stay), "child");
            _world.Expect(child > 0, "fork failed");
            return 0;
        }

        await user.Yield();
        await user.ExitThread(0);
        return 0;
    }

    private async Op Control(User user)
    {
        await user.Kill(_target.Tgid, Signals.SIGSTOP);
        await user.Kill(_target.Tgid, _end);
    }
}
