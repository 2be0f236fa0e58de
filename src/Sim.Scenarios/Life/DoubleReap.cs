using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Life;

/// <summary>Threads of one parent wait for the same child: one gets its status, the others ECHILD.</summary>
public sealed class DoubleReap : MachineObject
{
    private readonly KernelWorld _world;
    private readonly Shared<int> _reaped;
    private readonly WaitOptions _options;
    private readonly int _child;

    private DoubleReap(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "double-reap")
    {
        _world = new KernelWorld(machine, init: false);
        _reaped = new Shared<int>(this, "reaped");
        _options = request.Values["nohang"] != 0 ? WaitOptions.NoHang : WaitOptions.None;
        TaskStruct parent = _world.Stranger("waiter0", WaitAndStay);
        for (int i = 1; i < request.Values["waiters"]; i++)
        {
            _world.Thread(FormattableString.Invariant($"waiter{i}"), parent, Wait);
        }

        _child = _world.Zombie("child", parent, 7).Tgid;
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request) => new DoubleReap(machine, request).AtEnd;

    private void AtEnd()
        => _world.Expect(_reaped.Peek == 1, FormattableString.Invariant($"{_reaped.Peek} waiters got the child"));

    private async Op WaitAndStay(User user) => await Wait(user);

    private async Op<int> Wait(User user)
    {
        WaitResult result = await user.Wait4(_child, _options);
        if (result.Result != -(long)Errno.ECHILD)
        {
            _world.Expect(result, _child, WaitStatus.Exit(7));
            await user.Cpu.Rmw(_reaped, RmwKind.Add, 1);
        }

        // How the threads end is another scenario.
        await user.Cpu.End();
        return 0;
    }
}
