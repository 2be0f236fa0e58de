using Sim.Kernel.Barriers;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>A count after the fact.</summary>
internal sealed class StapWorkcountAfterAdd : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-workcount-after-add",
        Title = "a work is counted after it can run",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap 50bd2c22a (2012), with a comment on the order in acd978b01 (2020), and still so in 2026; " +
            "found by reading, no ticket is known",
        Actors = ["tracee", "adder", "unloader"],
        Story = "The adder queues a work, and counts it then. Between the two the unloader finds the count at zero " +
            "and frees the module; the task runs the work. Or the task is faster, and the count goes to -1.",
        Fix = "Count first, and take it back if queueing fails.",
        Switch = "a work is counted after it was queued",
        Guarantee = "KASAN",
        HasUtrace = false,
        Build = Make,
    };

    private readonly ProbeScene _scene;
    private readonly Ghost<bool> _added;
    private readonly bool _late;

    private StapWorkcountAfterAdd(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stap-workcount-after-add")
    {
        _late = Museum.Exhibit.IsFaulty(request);
        _added = new Ghost<bool>(this, "adder gone");
        _scene = new ProbeScene(machine);
        _scene.Actor("target", ComeBy);
        _scene.Actor("adder", Add);
        _scene.Actor("unloader", _scene.StopAndUnload);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new StapWorkcountAfterAdd(machine, request);
        return null;
    }

    /// <summary>The task comes by when the adder has gone.</summary>
    private async Op ComeBy(Cpu cpu)
    {
        await cpu.LoadWhen(_added, GuardKind.Equal, true);
        await _scene.Works.Run(cpu);
    }

    private async Op Add(Cpu cpu)
    {
        await AddUnlessStopping(cpu);
        await cpu.Store(_added, true);
    }

    private async Op AddUnlessStopping(Cpu cpu)
    {
        // The adder is a handler of the module, and is counted as such.
        if (await cpu.ReadOnce(_scene.Stopping))
        {
            return;
        }

        var work = new ModuleWork(Machine, _scene);
        if (!_late)
        {
            await _scene.Count(cpu, 1);
            if (await cpu.ReadOnce(_scene.Stopping))
            {
                await _scene.Count(cpu, -1);
                return;
            }
        }

        await _scene.Works.Add(cpu, work);
        if (_late)
        {
            await _scene.Count(cpu, 1);
        }
    }

    private sealed class ModuleWork(SimMachine machine, ProbeScene scene) : TaskWork(machine, "resume")
    {
        internal override async Op Run(Cpu cpu)
        {
            await scene.Module.Execute(cpu);
            await scene.Count(cpu, -1);
        }
    }
}
