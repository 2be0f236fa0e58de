using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Scenarios.Life;

/// <summary>
/// A process stops itself, and its parent waits for that, while a thread of the process exits: the thread counts for the
/// stop or it does not, but the parent is always told, of the stop or of the end.
/// </summary>
public sealed class StopVsExit : MachineObject
{
    private readonly KernelWorld _world;
    private readonly TaskStruct _target;

    private StopVsExit(SimMachine machine)
        : base(machine, "scenario", "stop-vs-exit")
    {
        _world = new KernelWorld(machine, init: false);
        TaskStruct parent = _world.Stranger("parent", WaitForStop);
        _target = _world.Process("target", StopItself, parent);
        _world.Thread("thread", _target, ExitThread);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
    {
        var scenario = new StopVsExit(machine);
        return () => scenario._world.Expect(scenario._target.ExitState.Peek == ExitState.Zombie, "the process outlived SIGKILL");
    }

    private static async Op<int> StopItself(User user)
    {
        await user.Kill(user.Getpid(), Signals.SIGSTOP);
        await user.Pause();
        return 0;
    }

    private static async Op<int> ExitThread(User user)
    {
        await user.ExitThread(0);
        return 0;
    }

    private async Op WaitForStop(User user)
    {
        WaitResult stopped = await user.Wait4(_target.Tgid, WaitOptions.Untraced);
        _world.Expect(stopped, _target.Tgid, WaitStatus.Stopped(Signals.SIGSTOP));
        await user.Kill(_target.Tgid, Signals.SIGKILL);
    }
}
