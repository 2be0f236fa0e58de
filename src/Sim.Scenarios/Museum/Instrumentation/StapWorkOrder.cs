using Sim.Kernel.Barriers;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>Works in reverse.</summary>
internal sealed class StapWorkOrder : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-work-order",
        Title = "works run in another order than the one in which they were queued",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap 498aa23b6 (PR26144, 2020) and fcbe3347d (PR28974, 2022: the order of attaching reversed)",
        Actors = ["tracee"],
        Story = "A callback for a new mapping is queued, and then the one for the beginning of the process, which " +
            "relies on it. The kernel runs works newest first: the process begins without its mapping.",
        Fix = "A queue of one's own, oldest first, that whichever work runs first empties.",
        Switch = "the works run newest first",
        Guarantee = "H5",
        HasUtrace = false,
        Build = Make,
    };

    private readonly ProbeScene _scene;
    private readonly Shared<bool> _mapped;
    private readonly bool _reverse;

    private StapWorkOrder(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stap-work-order")
    {
        _reverse = Museum.Exhibit.IsFaulty(request);
        _mapped = new Shared<bool>(this, "mapping known");
        _scene = new ProbeScene(machine);
        _scene.Works.Add(machine.BootCpu, new MapWork(machine, this)).GetAwaiter().GetResult();
        _scene.Works.Add(machine.BootCpu, new BeginWork(machine, this)).GetAwaiter().GetResult();
        _scene.Actor("target", cpu => _scene.Works.Run(cpu, _reverse));
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new StapWorkOrder(machine, request);
        return null;
    }

    private sealed class MapWork(SimMachine machine, StapWorkOrder exhibit) : TaskWork(machine, "mmap")
    {
        internal override async Op Run(Cpu cpu) => await cpu.WriteOnce(exhibit._mapped, true);
    }

    private sealed class BeginWork(SimMachine machine, StapWorkOrder exhibit) : TaskWork(machine, "begin")
    {
        internal override async Op Run(Cpu cpu)
        {
            if (!await cpu.ReadOnce(exhibit._mapped))
            {
                Machine.Break(MuseumLaws.InOrder, "the process begins before its mapping is known");
            }
        }
    }
}
