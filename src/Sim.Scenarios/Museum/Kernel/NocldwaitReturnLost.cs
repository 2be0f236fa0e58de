using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.State;
using Sim.Scenarios.Life;

namespace Sim.Scenarios.Museum.Kernel;

/// <summary>A result on the floor.</summary>
internal sealed class NocldwaitReturnLost : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "nocldwait-return-lost",
        Title = "the result \"reaps itself\" of a death notice is lost",
        Group = ExhibitGroup.Kernel,
        Source = "upstream 1b04624f93b (August 2008), a regression of the tracehook conversion 2b2a1ff64af",
        Actors = ["dying task", "parent"],
        Story = "The parent ignores SIGCHLD. do_notify_parent() marks the child as one that reaps itself, but its " +
            "result no longer reaches exit_notify(), which makes the child a zombie. The parent will not wait, " +
            "and nobody else may: the zombie stays.",
        Fix = "The result says one of three: a signal, none, or reap.",
        Switch = "exit_notify() does not look at the answer of do_notify_parent()",
        Guarantee = "K4",
        Without = [KernelSites.Checks.NoticeDecides],
        HasUtrace = false,
        Build = Make,
    };

    private readonly KernelWorld _world;

    private NocldwaitReturnLost(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "nocldwait-return-lost")
    {
        _world = new KernelWorld(machine, init: false);
        TaskStruct parent = _world.Stranger("parent", _ => Op.Done);
        _world.Kernel.SetAction(parent, Signals.SIGCHLD, SigAction.Ignore);
        _world.Process("child", _ => Op<int>.Of(0), parent);
    }

    private static Action Make(SimMachine machine, WorldRequest request) => new NocldwaitReturnLost(machine, request)._world.AtEnd;
}
