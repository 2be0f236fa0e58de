using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;

namespace Sim.Scenarios.Museum.Kernel;

/// <summary>A look that comes before what announces it.</summary>
internal sealed class DoWaitMissingBarrier : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "do-wait-missing-barrier",
        Title = "the waiter's state may be stored after its look at the children",
        Group = ExhibitGroup.Kernel,
        Source = "upstream f95d39d10fe (June 2009), whose author called the race theoretical",
        Actors = ["waiter", "stopped task", "shell"],
        Story = "do_wait() stores TASK_INTERRUPTIBLE without a barrier, looks at the children under tasklist_lock, and " +
            "sleeps. Where a lock lets an earlier store pass later loads, the look, which reads the flags of a stopped child " +
            "without siglock, may come before the store. The child goes on, and tells its parent, for which it takes " +
            "tasklist_lock for reading, too; it finds the parent running and wakes nobody. The parent sleeps, and is not told " +
            "again. On x86 taking the lock is a full barrier: control-do-wait-tso.",
        Fix = "The state is stored by set_current_state(), a full barrier.",
        Switch = "do_wait() sets its state with a plain store; in both forms a wake-up loads the state before it changes it",
        Guarantee = "STUCK",
        Memory = MemoryModel.Lkmm,
        Without = [KernelSites.DoWaitState],
        HasUtrace = false,
        Build = Make,
    };

    private readonly KernelWorld _world;
    private readonly TaskStruct _child;

    private DoWaitMissingBarrier(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "do-wait-missing-barrier")
    {
        _world = new KernelWorld(machine, init: false, new KernelOptions { WakesAfterLoad = true });
        TaskStruct parent = _world.Stranger("parent", Wait);
        _child = _world.Process("child", RunOn, parent);
        _world.Kernel.Send.SendLocking(
            machine.BootCpu, Signals.SIGSTOP, default, SignalSource.Kernel, _child, group: true).GetAwaiter().GetResult();
        _world.Stranger("shell", Continue);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new DoWaitMissingBarrier(machine, request);
        return null;
    }

    private static async Op<int> RunOn(User user)
    {
        await user.Cpu.End();
        return 0;
    }

    /// <summary>A look that takes nothing away, lest the child call what happened a stop.</summary>
    private async Op Wait(User user)
    {
        await user.Cpu.LoadWhen(_child.Switches, GuardKind.NotEqual, 0);
        WaitResult result = await user.Waitid(IdType.Pid, _child.Tgid, WaitOptions.Continued | WaitOptions.NoWait);
        _world.Expect(result, _child.Tgid, WaitStatus.Continued);
    }

    private async Op Continue(User user)
    {
        await user.Cpu.LoadWhen(_child.Switches, GuardKind.NotEqual, 0);
        await user.Kill(_child.Tgid, Signals.SIGCONT);
    }
}
