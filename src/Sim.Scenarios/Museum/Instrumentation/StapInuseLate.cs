using Sim.Kernel.Barriers;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>A count that comes too late.</summary>
internal sealed class StapInuseLate : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-inuse-late",
        Title = "a handler is counted after it has looked whether the module runs",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap 8d1ae0139 (January 2018, BZ1525651): the count comes first in every handler",
        Actors = ["tracee", "unloader"],
        Story = "The handler looks at the state: running. The unloader sets it to stopping, finds that no handler is " +
            "counted, and frees the data. The handler counts itself and uses them.",
        Fix = "Count first, then look.",
        Switch = "the handler counts itself after the look at the state",
        Guarantee = "KASAN",
        HasUtrace = false,
        Build = Make,
    };

    private readonly ProbeScene _scene;
    private readonly bool _late;

    private StapInuseLate(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stap-inuse-late")
    {
        _late = Museum.Exhibit.IsFaulty(request);
        _scene = new ProbeScene(machine);
        _scene.Actor("target", Handle);
        _scene.Actor("unloader", _scene.StopAndUnload);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new StapInuseLate(machine, request);
        return null;
    }

    private async Op Handle(Cpu cpu)
    {
        if (_late)
        {
            if (!await cpu.ReadOnce(_scene.Stopping))
            {
                await _scene.Count(cpu, 1);
                await _scene.Module.Execute(cpu);
                await _scene.Count(cpu, -1);
            }

            return;
        }

        await _scene.Count(cpu, 1);
        if (!await cpu.ReadOnce(_scene.Stopping))
        {
            await _scene.Module.Execute(cpu);
        }

        await _scene.Count(cpu, -1);
    }
}
