using Sim.Kernel.Abi;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Life;

/// <summary>
/// Children exit while their parent waits for them: no wake-up is lost, each is reaped once with its own
/// status. With two waiters, one of them gets each child, and the other is told that there is none.
/// </summary>
public sealed class ExitVsWait : MachineObject
{
    private const int FirstCode = 10;
    private readonly KernelWorld _world;
    private readonly int _children;
    private readonly Shared<int> _reaped;

    private ExitVsWait(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "exit-vs-wait")
    {
        _world = new KernelWorld(machine);
        _children = request.Values["children"];
        _reaped = new Shared<int>(this, "reaped");
        Kernel.Tasks.TaskStruct parent = _world.Process("parent", Wait);
        if (request.Values["waiters"] == 2)
        {
            _world.Thread("waiter", parent, Wait);
        }

        for (int i = 0; i < _children; i++)
        {
            int code = FirstCode + i;
            _world.Process(FormattableString.Invariant($"child{i}"), _ => Op<int>.Of(code), parent);
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new ExitVsWait(machine, request).AtEnd;

    private void AtEnd()
    {
        _world.Expect(_reaped.Peek == (1 << _children) - 1, "a child was never reaped");
        _world.AtEnd();
    }

    private async Op<int> Wait(User user)
    {
        WaitResult result = await user.Wait4(-1);
        while (result.Result > 0)
        {
            int code = result.Status >> 8;
            int bit = 1 << (code - FirstCode);
            bool ours = (result.Status & 0xff) == 0 && code >= FirstCode && code < FirstCode + _children;
            int before = await user.Cpu.Rmw(_reaped, RmwKind.Or, ours ? bit : 0);
            _world.Expect(ours && (before & bit) == 0, "a child was reaped twice or with a strange status");
            result = await user.Wait4(-1);
        }

        _world.Expect(result.Result == -(long)Errno.ECHILD, "a wait failed otherwise than for want of children");
        await user.ExitThread(0);
        return 0;
    }
}
