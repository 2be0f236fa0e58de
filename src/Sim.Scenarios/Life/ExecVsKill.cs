using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Scenarios.Life;

/// <summary>
/// A thread that is not the leader calls exec while its process is killed: the leader dies and the thread takes
/// its number over, or the signal comes first; either way the parent sees one death of one number.
/// </summary>
public sealed class ExecVsKill : MachineObject
{
    private readonly KernelWorld _world;
    private readonly int _signal;
    private readonly TaskStruct _leader;

    private ExecVsKill(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "exec-vs-kill")
    {
        _world = new KernelWorld(machine, init: false);
        _signal = request.Values["signal"];
        _leader = _world.Process("leader", Pause);
        _world.Thread("thread", _leader, Exec);
        if (_signal != 0)
        {
            _world.Stranger("killer", Kill);
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new ExecVsKill(machine, request)._world.AtEnd;

    private static async Op<int> Pause(User user)
    {
        await user.Pause();
        return 1;
    }

    private async Op<int> Exec(User user)
    {
        await user.Exec(new RoutineProgram(AfterExec));
        _world.Expect(false, "exec came back although nothing else ends the process");
        return 2;
    }

    private async Op<int> AfterExec(User user)
    {
        bool alone = user.Task.Signal.Count.Peek == 1;
        _world.Expect(
            alone && user.Gettid() == _leader.Tgid && user.Getpid() == _leader.Tgid,
            "a program begins with other threads, or without its process's number");
        await user.Yield();
        return 0;
    }

    private async Op Kill(User user)
    {
        long result = await user.Kill(_leader.Tgid, _signal);
        _world.Expect(result is 0 or -(long)Errno.ESRCH, "kill failed otherwise than for want of a target");
    }
}
