using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>Books that do not balance.</summary>
internal sealed class StapHandlerEndMissing : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-handler-end-missing",
        Title = "an error path leaves a handler counted",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap c59e89446 (September 2022)",
        Actors = ["tracee", "unloader"],
        Story = "The handler counts itself, finds no memory, and returns without taking the count off. The unloader " +
            "waits for a handler that has long returned.",
        Fix = "Every path takes the count off.",
        Switch = "a handler that finds no memory does not take its count off",
        Guarantee = "STUCK",
        HasUtrace = false,
        Build = Make,
    };

    private readonly ProbeScene _scene;
    private readonly bool _forgets;

    private StapHandlerEndMissing(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stap-handler-end-missing")
    {
        _forgets = Museum.Exhibit.IsFaulty(request);
        _scene = new ProbeScene(machine);
        _scene.Actor("target", Handle);
        _scene.Actor("unloader", _scene.StopAndUnload);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new StapHandlerEndMissing(machine, request);
        return null;
    }

    /// <summary>A handler for which there is no memory.</summary>
    private async Op Handle(Cpu cpu)
    {
        await _scene.Count(cpu, 1);
        if (!_forgets)
        {
            await _scene.Count(cpu, -1);
        }
    }
}
