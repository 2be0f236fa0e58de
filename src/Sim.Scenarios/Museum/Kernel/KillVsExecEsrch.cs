using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.State;
using Sim.Scenarios.Life;

namespace Sim.Scenarios.Museum.Kernel;

/// <summary>A number that changes hands.</summary>
internal sealed class KillVsExecEsrch : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "kill-vs-exec-esrch",
        Title = "kill() hits the old leader during exec, and says that there is no such process",
        Group = ExhibitGroup.Kernel,
        Source = "upstream d36174bc2bc (February 2008)",
        Actors = ["thread that calls exec", "killer"],
        Story = "kill() finds the leader by its number. Another thread calls exec, takes the number over and releases " +
            "the old leader. kill() finds no handlers to lock and answers ESRCH, of a process that has been there " +
            "all the time.",
        Fix = "The number is looked up again when its task turns out to be released.",
        Switch = "kill_pid_info() does not look the number up again",
        Guarantee = "K2",
        Without = [KernelSites.Checks.KillLooksAgain],
        HasUtrace = false,
        Build = Make,
    };

    private readonly KernelWorld _world;
    private readonly TaskStruct _leader;

    private KillVsExecEsrch(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "kill-vs-exec-esrch")
    {
        _world = new KernelWorld(machine, init: false);
        _leader = _world.Process("leader", Pause);
        _world.Thread("thread", _leader, Exec);
        _world.Stranger("killer", Kill);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new KillVsExecEsrch(machine, request);
        return null;
    }

    private static async Op<int> Exec(User user)
    {
        await user.Exec(new RoutineProgram(Stay));
        return 2;
    }

    private static async Op<int> Pause(User user)
    {
        await user.Pause();
        return 1;
    }

    private static async Op<int> Stay(User user)
    {
        await user.Cpu.End();
        return 0;
    }

    private async Op Kill(User user)
    {
        // Nobody has a handler, and it is ignored by default.
        long result = await user.Kill(_leader.Tgid, Signals.SIGURG);
        _world.Expect(result == 0, "kill says that a process is gone that is there");
    }
}
