using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>An unloader in the wrong order.</summary>
internal sealed class StapShutdownOrder : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-shutdown-order",
        Title = "the module waits for works that only it would cancel",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap 9ee1bfe9a (2014, the hang), 66283521f, d9edc5f2e (PR16806) and 327788a9e (PR22158, 2017)",
        Actors = ["sleeping task", "unloader"],
        Story = "A work is queued on a task that sleeps and will not come by. The unloader waits until no work is " +
            "left, and would cancel what is queued only afterwards. It waits for ever. (With the other wrong " +
            "order, freeing before waiting, the works use what is gone.)",
        Fix = "Stop the sources, cancel what is queued, wait for what runs, free.",
        Switch = "the unloader waits before it cancels",
        Guarantee = "STUCK",
        HasUtrace = false,
        Build = Make,
    };

    private readonly ProbeScene _scene;
    private readonly bool _waitsFirst;

    private StapShutdownOrder(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stap-shutdown-order")
    {
        _waitsFirst = Museum.Exhibit.IsFaulty(request);
        _scene = new ProbeScene(machine);
        _scene.Works.Add(machine.BootCpu, new NoWork(machine)).GetAwaiter().GetResult();
        machine.BootCpu.Store(_scene.InUse, 1).GetResult();
        _scene.Actor("unloader", Unload);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new StapShutdownOrder(machine, request);
        return null;
    }

    private async Op Unload(Cpu cpu)
    {
        if (_waitsFirst)
        {
            await _scene.AwaitIdle(cpu);
        }

        if (await _scene.Works.Cancel(cpu) is not null)
        {
            await _scene.Count(cpu, -1);
        }

        await _scene.AwaitIdle(cpu);
        await _scene.Unload(cpu);
    }

    private sealed class NoWork(SimMachine machine) : TaskWork(machine, "resume")
    {
        internal override Op Run(Cpu cpu) => Op.Done;
    }
}
