using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>A report put off for too long.</summary>
internal sealed class StapDeathWorkDropped : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-death-work-dropped",
        Title = "a death report is left to a work that can no longer be queued",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap bca2a6fc3 (PR16129, 2013) and f8c8b21e8; on the real utrace fed8d99f8 (PR15982) moved from " +
            "DEATH to EXIT for the same reason",
        Actors = ["tracee"],
        Story = "The report of a death is put off to a work of the dying task. The task has run its last works " +
            "already, and the tracepoint of the exit comes after that: queueing fails with ESRCH, which is " +
            "ignored. Nobody hears of the death.",
        Fix = "Report at once if it cannot be put off, or at an earlier hook.",
        Switch = "a death report that cannot be queued is dropped",
        Guarantee = "H6",
        HasUtrace = false,
        Build = Make,
    };

    private readonly ProbeScene _scene;
    private readonly Ghost<bool> _reported;
    private readonly bool _drops;

    private StapDeathWorkDropped(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stap-death-work-dropped")
    {
        _drops = Museum.Exhibit.IsFaulty(request);
        _reported = new Ghost<bool>(this, "death reported");
        _scene = new ProbeScene(machine);
        _scene.Actor("target", Exit);
    }

    private static Action Make(SimMachine machine, WorldRequest request)
    {
        var exhibit = new StapDeathWorkDropped(machine, request);
        return () =>
        {
            if (!exhibit._reported.Peek)
            {
                machine.Break(MuseumLaws.NothingForgotten, "a death was not reported");
            }
        };
    }

    private async Op Exit(Cpu cpu)
    {
        await _scene.Works.Run(cpu);
        await _scene.Works.Close(cpu);
        var work = new DeathWork(Machine, _reported);
        if (!await _scene.Works.Add(cpu, work) && !_drops)
        {
            await work.Run(cpu);
        }
    }

    private sealed class DeathWork(SimMachine machine, Ghost<bool> reported) : TaskWork(machine, "death")
    {
        internal override async Op Run(Cpu cpu) => await cpu.Store(reported, true);
    }
}
