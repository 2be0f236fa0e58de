using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Pids;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;

namespace Sim.Scenarios.Museum.Kernel;

/// <summary>A stop that begins too late to be ended.</summary>
internal sealed class CoredumpVsSigstop : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "coredump-vs-sigstop",
        Title = "a thread stops after its process began to dump core, and cannot be killed",
        Group = ExhibitGroup.Kernel,
        Source = "upstream 788e05a67c3 and 30e0fca6c1d (2005), 92413d771e7 later",
        Actors = ["dumping thread", "stopping thread"],
        Story = "A thread dumps core: it marks its process as dying, and only then kills the other threads. One of them " +
            "takes a stop signal in between and notes that it did. SIGKILL is queued for it, and wakes nobody, as it does " +
            "not sleep yet. Then the thread stops, since its note is still good. A stop of 2005 does not look for SIGKILL; " +
            "SIGCONT does nothing to a process that dies, and another SIGKILL is not queued twice. The dumper waits " +
            "for the thread for ever. The signal here is SIGTSTP: between note and stop the thread lets siglock go, to look " +
            "whether its process group is orphaned.",
        Fix = "A stop does not begin in a process that is dying. (Since 2008 a task whose SIGKILL is pending does not " +
            "go to sleep in a stop either; both forms here are without that.)",
        Switch = "do_signal_stop() does not ask whether the group is dying; stops and core dumps are those of 2005 in " +
            "both forms",
        Guarantee = "STUCK",
        Without = [KernelSites.Checks.StopSeesGroupExit],
        HasUtrace = false,
        Build = Make,
    };

    private readonly KernelWorld _world;
    private readonly TaskStruct _dumper;

    private CoredumpVsSigstop(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "coredump-vs-sigstop")
    {
        _world = new KernelWorld(machine, init: false, new KernelOptions { HasStopsOf2005 = true });
        Cpu boot = machine.BootCpu;
        TaskStruct shell = _world.Stranger("shell", _ => Op.Done);
        _dumper = _world.Process("dumper", RunOn, shell);
        _world.Thread("sibling", _dumper, StopDuringDump);

        // Not in its parent's process group, so that a stop of the terminal counts.
        Pid own = _dumper.ThreadPid.Peek!;
        own.Members(PidType.Pgid).AddFirst(boot, _dumper);
        _dumper.Signal.Pgrp.Set(boot, own);
        _world.Kernel.Send.SendLocking(boot, Signals.SIGABRT, default, SignalSource.Kernel, _dumper, group: false)
            .GetAwaiter().GetResult();
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new CoredumpVsSigstop(machine, request);
        return null;
    }

    private static async Op<int> RunOn(User user)
    {
        while (true)
        {
            await user.RunUntilInterrupt();
        }
    }

    /// <summary>Before the dump begins the process would stop, as it should.</summary>
    private async Op<int> StopDuringDump(User user)
    {
        await user.Cpu.LoadWhen(_dumper.Signal.Flags, GuardKind.Equal, SignalFlags.GroupExit);
        await user.Tgkill(user.Getpid(), user.Gettid(), Signals.SIGTSTP);
        return await RunOn(user);
    }
}
