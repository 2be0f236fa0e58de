using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Scenarios.Life;

/// <summary>
/// The parent of a vfork child is killed: it does not run before the child has given its memory up, and dies
/// then, however the child does it. (2.6.32 waits uninterruptibly.)
/// </summary>
public sealed class VforkVsKill : MachineObject
{
    private readonly KernelWorld _world;
    private readonly TaskStruct _parent;
    private readonly Shared<bool> _released;
    private readonly bool _exec;

    private VforkVsKill(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "vfork-vs-kill")
    {
        _world = new KernelWorld(machine, init: false);
        _exec = request.Values["exec"] != 0;
        _released = new Shared<bool>(this, "released");
        _parent = _world.Process("parent", Vfork);
        _world.Stranger("killer", Kill);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new VforkVsKill(machine, request)._world.AtEnd;

    private async Op<int> Vfork(User user)
    {
        long child = await user.Vfork(new RoutineProgram(Child), "child");
        _world.Expect(
            child < 0 || await user.Cpu.Load(_released), "the parent runs while the child uses its memory");
        return 0;
    }

    private async Op<int> Child(User user)
    {
        await user.Cpu.Store(_released, true);
        if (_exec)
        {
            await user.Exec(KernelWorld.Exits(0));
        }

        return 0;
    }

    private async Op Kill(User user) => await user.Kill(_parent.Tgid, Signals.SIGKILL);
}
