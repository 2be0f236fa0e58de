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

/// <summary>A death in two parts.</summary>
internal sealed class DelayedLeaderLostDeath : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "delayed-leader-lost-death",
        Title = "the death of a process is not reported when its last thread dies after the leader",
        Group = ExhibitGroup.UtraceCore,
        Source = "RHEL 5, 2.6.18-53 and the utrace for 2.6.20 (2007): EXIT_FLAG_DELAYED_GROUP_LEADER, and a hook in " +
            "release_task()",
        Actors = ["leader", "last thread", "debugger"],
        Story = "The leader of a traced process dies while another thread lives: its death report says \"delayed\", " +
            "and the parent is not told yet. The other thread dies and is released. Now the process is dead, and " +
            "by the normal rules the parent would be told of the leader; for a tracer there is no hook here. The " +
            "debugger never learns that the process is dead.",
        Fix = "A hook in release_task(), for a zombie leader whose last thread goes.",
        Switch = "release_task() does not report a leader that was delayed (a model of the old hook)",
        Guarantee = "H6",
        HasUtrace = false,
        Build = Make,
    };

    private readonly OldHooks _hooks;

    private DelayedLeaderLostDeath(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "delayed-leader-lost-death")
    {
        _hooks = new OldHooks(machine, reportsDelayed: !Museum.Exhibit.IsFaulty(request));
        var world = new KernelWorld(machine, init: false, hooks: _hooks);
        TaskStruct parent = world.Stranger("parent", _ => Op.Done);
        TaskStruct leader = world.Process("leader", ExitThread, parent);
        world.Thread("thread", leader, ExitThread);
    }

    private static Action Make(SimMachine machine, WorldRequest request)
    {
        var exhibit = new DelayedLeaderLostDeath(machine, request);
        return () =>
        {
            if (!exhibit._hooks.Told.Peek)
            {
                machine.Break(MuseumLaws.NothingForgotten, "the debugger was not told that the process is dead");
            }
        };
    }

    private static async Op<int> ExitThread(User user)
    {
        await user.ExitThread(0);
        return 0;
    }

    /// <summary>A debugger with an engine on the leader, and the hooks of then.</summary>
    private sealed class OldHooks : TracehookDecorator
    {
        private readonly bool _reportsDelayed;

        internal OldHooks(SimMachine machine, bool reportsDelayed)
            : base(machine, new NoTracing(), "old")
        {
            _reportsDelayed = reportsDelayed;
            Told = new Ghost<bool>(this, "debugger told");
        }

        internal Ghost<bool> Told { get; }

        public override async Op ReportDeath(Cpu cpu, TaskStruct task, int signal, bool groupDead)
        {
            if (task.Tgid == task.Pid.Get(cpu) && signal != DeathAction.DelayedGroupLeader)
            {
                await cpu.Store(Told, true);
            }
        }

        public override async Op FinishReleaseTask(Cpu cpu, TaskStruct task)
        {
            TaskStruct leader = task.GroupLeader.Get(cpu)!;
            if (_reportsDelayed && !ReferenceEquals(leader, task) && leader.Signal.Threads.Count(cpu) == 2 &&
                await cpu.ReadOnce(leader.ExitState) == ExitState.Zombie)
            {
                await cpu.Store(Told, true);
            }
        }
    }
}
