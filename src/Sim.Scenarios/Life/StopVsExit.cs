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
    private readonly bool _kills;
    private readonly Ghost<bool> _told;

    private StopVsExit(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "stop-vs-exit")
    {
        _kills = request.Values["kill"] != 0;
        _told = new Ghost<bool>(this, "the parent was told");
        _world = new KernelWorld(machine, init: false);
        TaskStruct parent = _world.Stranger("parent", WaitForStop);
        _target = _world.Process("target", StopItself, parent);
        _world.Thread("thread", _target, ExitThread);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
    {
        var scenario = new StopVsExit(machine, request);
        return scenario.AtEnd;
    }

    private void AtEnd()
    {
        _world.Expect(_told.Peek, "the parent was not told of the stop");
        _world.Expect(!_kills || _target.ExitState.Peek == ExitState.Zombie, "the process outlived SIGKILL");
    }

    private async Op<int> StopItself(User user)
    {
        await user.Kill(user.Getpid(), Signals.SIGSTOP);
        if (_kills)
        {
            await user.Pause();
        }

        // Continued: what else it does is not the point, and its end would only make the world larger.
        _world.Keep(user.Cpu, user.Task);
        await user.Cpu.End();
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
        await user.Cpu.Store(_told, true);
        await user.Kill(_target.Tgid, _kills ? Signals.SIGKILL : Signals.SIGCONT);
    }
}
