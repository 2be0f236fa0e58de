using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;

namespace Sim.Scenarios.Museum.Core;

/// <summary>Who may move a zombie.</summary>
internal sealed class DeadNotifyReadLock : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "dead-notify-read-lock",
        Title = "a deferred death notice is given under the read side of tasklist_lock, and races with do_wait()",
        Group = ExhibitGroup.UtraceCore,
        Source = "RHEL 5 before 2.6.18-128 (2008): the read lock becomes a write lock, and the comment adds do_wait() " +
            "to those that are excluded",
        Actors = ["tracer", "parent"],
        Story = "The tracer lets a zombie go whose notice it had held back. It holds tasklist_lock for reading, sees " +
            "that the zombie is to reap itself, and exchanges EXIT_ZOMBIE for EXIT_DEAD. The parent, in wait() " +
            "and holding the same lock for reading, has exchanged it first. The tracer finds EXIT_DEAD, which is " +
            "a BUG; without the test the task is released twice.",
        Fix = "The lock is taken for writing while exit_state is changed and the parent told.",
        Switch = "check_dead_utrace() takes tasklist_lock for reading",
        Guarantee = "BUG",
        HasUtrace = false,
        Build = Make,
    };

    private readonly KernelWorld _world;
    private readonly TaskStruct _child;
    private readonly bool _reads;

    private DeadNotifyReadLock(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "dead-notify-read-lock")
    {
        _reads = Museum.Exhibit.IsFaulty(request);
        _world = new KernelWorld(machine, init: false, hooks: new NoTracing());
        TaskStruct parent = _world.Stranger("parent", Wait);
        _child = _world.Zombie("child", parent, 7);
        _child.Get(machine.BootCpu).GetAwaiter().GetResult();
        _world.Stranger("tracer", user => CheckDead(user.Cpu));
    }

    private static Action Make(SimMachine machine, WorldRequest request)
        => new DeadNotifyReadLock(machine, request)._world.AtEnd;

    private async Op Wait(User user) => await user.Wait4(_child.Tgid, WaitOptions.None);

    /// <summary>check_dead_utrace() of a task that is to reap itself.</summary>
    private async Op CheckDead(Cpu cpu)
    {
        LinuxKernel kernel = _world.Kernel;
        bool ours;
        if (_reads)
        {
            await kernel.Tasklist.AcquireRead(cpu);
            ours = await TakeZombie(cpu);
            await kernel.Tasklist.ReleaseRead(cpu);
        }
        else
        {
            await kernel.Tasklist.AcquireWrite(cpu);
            ours = await TakeZombie(cpu);
            await kernel.Tasklist.ReleaseWrite(cpu);
        }

        if (ours)
        {
            await kernel.Release.ReleaseTask(cpu, _child);
        }

        await _child.Put(cpu);
    }

    private async Op<bool> TakeZombie(Cpu cpu)
    {
        if (await cpu.ReadOnce(_child.ExitState) != ExitState.Zombie)
        {
            return false;
        }

        if (await cpu.Rmw(_child.ExitState, RmwKind.Exchange, ExitState.Dead) != ExitState.Zombie)
        {
            Machine.Violate("BUG", $"exit_state of {_child} is not EXIT_ZOMBIE any more");
        }

        return true;
    }
}
