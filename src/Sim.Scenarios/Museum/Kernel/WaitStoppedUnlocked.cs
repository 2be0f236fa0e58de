using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Pids;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;

namespace Sim.Scenarios.Museum.Kernel;

/// <summary>A stop that ends in the middle of a look.</summary>
internal sealed class WaitStoppedUnlocked : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "wait-stopped-unlocked",
        Title = "wait() relies on tasklist_lock to hold a stop still",
        Group = ExhibitGroup.Kernel,
        Source = "upstream ee7c82da830 (February 2008), a3474224e6a before it",
        Actors = ["stopped task", "shell", "parent"],
        Story = "The parent, in wait(), reads the status of a stop under tasklist_lock alone. SIGCONT ends the stop, " +
            "and another stop begins, with a status of its own. The parent now marks the stop as reported: it " +
            "takes the second status away, which nobody has seen. The second stop is never reported.",
        Fix = "Stop and status are looked at, and marked, under siglock.",
        Switch = "wait_task_stopped() does not take siglock",
        Guarantee = "STUCK",
        Without = [KernelSites.WaitStoppedSiglock],
        HasUtrace = false,
        Build = Make,
    };

    private readonly KernelWorld _world;
    private readonly TaskStruct _child;
    private readonly Shared<bool> _over;
    private readonly Shared<bool> _sent;

    private WaitStoppedUnlocked(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "wait-stopped-unlocked")
    {
        _world = new KernelWorld(machine, init: false);
        Cpu boot = machine.BootCpu;
        _over = new Shared<bool>(this, "over");
        _sent = new Shared<bool>(this, "stopped again");
        TaskStruct parent = _world.Kernel.MakeTask("parent");
        _child = _world.Process("child", RunOn, parent);
        _world.Kernel.Start(parent, Wait);

        // Not in its parent's process group, so that a stop of the terminal counts.
        Pid own = _child.ThreadPid.Peek!;
        own.Members(PidType.Pgid).AddFirst(boot, _child);
        _child.Signal.Pgrp.Set(boot, own);
        _world.Kernel.Send.SendLocking(boot, Signals.SIGSTOP, default, SignalSource.Kernel, _child, group: true)
            .GetAwaiter().GetResult();
        _world.Kernel.MakeTask("shell", null, StopAgain);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new WaitStoppedUnlocked(machine, request);
        return null;
    }

    private async Op<int> RunOn(User user)
    {
        while (!await user.Cpu.ReadOnce(_over))
        {
            await user.RunUntilInterrupt();
        }

        await user.Cpu.End();
        return 0;
    }

    /// <summary>One look while the shell is at work, which may see either stop; then the second stop has to be there.</summary>
    private async Op Wait(Cpu cpu)
    {
        await cpu.LoadWhen(_child.State, GuardKind.Equal, TaskState.Stopped);
        WaitResult result = await _world.Kernel.Wait.Wait4(cpu, _child.Tgid, WaitOptions.Untraced | WaitOptions.NoHang);
        if (result.Status != WaitStatus.Stopped(Signals.SIGTSTP))
        {
            await cpu.LoadWhen(_sent, GuardKind.Equal, true);
            await cpu.LoadWhen(_child.State, GuardKind.Equal, TaskState.Stopped);
            await _world.Kernel.Wait.Wait4(cpu, _child.Tgid, WaitOptions.Untraced);
        }

        await cpu.Store(_over, true);
        await Send(cpu, Signals.SIGCONT);
        await cpu.End();
    }

    private async Op StopAgain(Cpu cpu)
    {
        await cpu.LoadWhen(_child.State, GuardKind.Equal, TaskState.Stopped);
        await Send(cpu, Signals.SIGCONT);
        await Send(cpu, Signals.SIGTSTP);
        await cpu.Store(_sent, true);
    }

    private Op Send(Cpu cpu, int signal) => _world.Kernel.SendSignal(cpu, _child, signal);
}
