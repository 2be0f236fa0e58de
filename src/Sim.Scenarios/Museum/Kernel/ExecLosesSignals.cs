using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;

namespace Sim.Scenarios.Museum.Kernel;

/// <summary>One flag for two things.</summary>
internal sealed class ExecLosesSignals : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "exec-loses-signals",
        Title = "a fatal signal that comes during exec is taken for one too many",
        Group = ExhibitGroup.Kernel,
        Source = "upstream ed5d2cac114 (February 2008)",
        Actors = ["thread that calls exec", "leader", "killer"],
        Story = "exec says that the group exits, and kills the other threads. SIGKILL comes from outside: the group dies " +
            "already, so the signal is queued and does not kill it again. Who is told to look is one of the threads that " +
            "die. exec takes the flag back, and the new program runs, with SIGKILL in its queue and nothing that says so.",
        Fix = "An exec in progress has a mark of its own; a fatal signal kills the group, exec and all.",
        Switch = "de_thread() sets SIGNAL_GROUP_EXIT while it waits for the other threads, and takes it back",
        Guarantee = MuseumLaws.KillKills.Name,
        Without = [KernelSites.Checks.ExecIsNoGroupExit],
        HasUtrace = false,
        Build = Make,
    };

    private readonly KernelWorld _world;
    private readonly TaskStruct _leader;
    private readonly Ghost<bool> _sent;

    private ExecLosesSignals(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "exec-loses-signals")
    {
        _sent = new Ghost<bool>(this, "sent");
        _world = new KernelWorld(machine, init: false);
        _leader = _world.Process("leader", RunOn);
        _world.Thread("thread", _leader, Exec);
        _world.Stranger("killer", Kill);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new ExecLosesSignals(machine, request);
        return null;
    }

    private static async Op<int> RunOn(User user)
    {
        while (true)
        {
            await user.RunUntilInterrupt();
        }
    }

    private async Op<int> Exec(User user)
    {
        await user.Exec(new RoutineProgram(OutliveSignal));
        return 2;
    }

    private async Op<int> OutliveSignal(User user)
    {
        await user.Cpu.LoadWhen(_sent, GuardKind.Equal, true);
        await user.Yield();
        Machine.Break(MuseumLaws.KillKills, "the new program is in user mode again");
        return 0;
    }

    private async Op Kill(User user)
    {
        await user.Kill(_leader.Tgid, Signals.SIGKILL);
        await user.Cpu.Store(_sent, true);
    }
}
