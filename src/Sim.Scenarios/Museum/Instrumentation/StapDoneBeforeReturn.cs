using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>A worker that has not returned.</summary>
internal sealed class StapDoneBeforeReturn : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-done-before-return",
        Title = "a worker says that it is done before its last instructions",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap 6cb54128e (December 2020)",
        Actors = ["tracee", "unloader"],
        Story = "The inner function of the worker takes the last count off. The unloader is woken and frees the " +
            "module. The outer function goes on: it still has to free its record.",
        Fix = "The outermost function takes the count off, as its last act.",
        Switch = "the inner function takes the count off",
        Guarantee = "KASAN",
        HasUtrace = false,
        Build = Make,
    };

    private readonly ProbeScene _scene;
    private readonly bool _early;

    private StapDoneBeforeReturn(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stap-done-before-return")
    {
        _early = Museum.Exhibit.IsFaulty(request);
        _scene = new ProbeScene(machine);
        machine.BootCpu.Store(_scene.InUse, 1).GetResult();
        _scene.Actor("target", Outer);
        _scene.Actor("unloader", Unload);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new StapDoneBeforeReturn(machine, request);
        return null;
    }

    private async Op Outer(Cpu cpu)
    {
        await Inner(cpu);
        await _scene.Module.Execute(cpu);
        if (!_early)
        {
            await _scene.Count(cpu, -1);
        }
    }

    private async Op Inner(Cpu cpu)
    {
        await _scene.Module.Execute(cpu);
        if (_early)
        {
            await _scene.Count(cpu, -1);
        }
    }

    private async Op Unload(Cpu cpu)
    {
        await _scene.AwaitIdle(cpu);
        await _scene.Unload(cpu);
    }
}
