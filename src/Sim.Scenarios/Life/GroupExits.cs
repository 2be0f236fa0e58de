using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Scenarios.Life;

/// <summary>
/// Threads of one process exit at the same time, each in its own way: the process has one status, that of the
/// first exit_group(), and the parent is told once, when the last thread is gone.
/// </summary>
public sealed class GroupExits : MachineObject
{
    private readonly KernelWorld _world;
    private readonly bool _waits;

    private GroupExits(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "exit-vs-exit")
    {
        _world = new KernelWorld(machine);
        _waits = request.Values["parent"] != 0;
        TaskStruct? parent = _waits ? _world.Process("parent", Wait) : null;
        bool exec = request.Values["exec"] != 0;
        TaskStruct leader = _world.Process("leader", ExitGroup(3), parent);
        _world.Thread("sibling", leader, exec ? Exec : ExitGroup(4));
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new GroupExits(machine, request)._world.AtEnd;

    private static Func<User, Op<int>> ExitGroup(int code) => _ => Op<int>.Of(code);

    private static async Op<int> Exec(User user)
    {
        await user.Exec(KernelWorld.Exits(5));
        return 4;
    }

    private async Op<int> Wait(User user)
    {
        WaitResult result = await user.Wait4(-1);
        _world.Expect(
            result, result.Result, WaitStatus.Exit(3), WaitStatus.Exit(4), WaitStatus.Exit(5));
        result = await user.Wait4(-1);
        _world.Expect(result.Result == -(long)Errno.ECHILD, "the process was reaped twice");
        return 0;
    }
}
