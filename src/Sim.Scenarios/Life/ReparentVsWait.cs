using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Scenarios.Life;

/// <summary>
/// A parent dies while its child does: whoever is the child's parent in the end reaps it, init or another
/// thread of the parent, and nobody else.
/// </summary>
public sealed class ReparentVsWait : MachineObject
{
    private readonly KernelWorld _world;
    private readonly TaskStruct _child;

    private ReparentVsWait(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "reparent-vs-wait")
    {
        _world = new KernelWorld(machine);
        TaskStruct parent = _world.Process("parent", ExitAlone);
        if (request.Values["heir"] != 0)
        {
            _world.Thread("heir", parent, Wait);
        }

        _child = _world.Process("child", _ => Op<int>.Of(6), parent);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new ReparentVsWait(machine, request)._world.AtEnd;

    private static async Op<int> ExitAlone(User user)
    {
        await user.ExitThread(2);
        return 2;
    }

    private async Op<int> Wait(User user)
    {
        WaitResult result = await user.Wait4(_child.Tgid);
        _world.Expect(result, _child.Tgid, WaitStatus.Exit(6));
        await user.ExitThread(3);
        return 3;
    }
}
