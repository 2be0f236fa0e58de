using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>Two marks, one mix-up.</summary>
internal sealed class StapWrongFlagReset : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-wrong-flag-reset",
        Title = "a failed request takes back the mark of another one",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap 1ed2d85c8 (October 2020), for a mistake of c8db32343 (2016)",
        Actors = ["tracee", "controller"],
        Story = "The controller marks the resume work as queued, and queueing it fails. It takes back the mark of the " +
            "report work instead. Later requests see that the resume work is queued already, and are dropped: " +
            "there is no resume any more.",
        Fix = "The right mark is taken back.",
        Switch = "the failure path clears the other mark",
        Guarantee = "H6",
        HasUtrace = false,
        Build = Make,
    };

    private readonly ProbeScene _scene;
    private readonly Shared<bool> _resumeQueued;
    private readonly Shared<bool> _reportQueued;
    private readonly Ghost<bool> _resumed;
    private readonly bool _other;

    private StapWrongFlagReset(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stap-wrong-flag-reset")
    {
        _other = Museum.Exhibit.IsFaulty(request);
        _resumeQueued = new Shared<bool>(this, "resume_work_added");
        _reportQueued = new Shared<bool>(this, "report_work_added");
        _resumed = new Ghost<bool>(this, "resumed");
        _scene = new ProbeScene(machine);
        _scene.Actor("controller", Control);
    }

    private static Action Make(SimMachine machine, WorldRequest request)
    {
        var exhibit = new StapWrongFlagReset(machine, request);
        return () =>
        {
            if (!exhibit._resumed.Peek)
            {
                machine.Break(MuseumLaws.NothingForgotten, "a resume was asked for twice and never made");
            }
        };
    }

    private async Op Control(Cpu cpu)
    {
        // The first attempt finds no memory; the second comes when there is some, and then the task runs its works.
        await Request(cpu, fails: true);
        await Request(cpu, fails: false);
        await _scene.Works.Run(cpu);
    }

    private async Op Request(Cpu cpu, bool fails)
    {
        if (await cpu.Rmw(_resumeQueued, RmwKind.Exchange, true))
        {
            return;
        }

        if (fails)
        {
            await cpu.Store(_other ? _reportQueued : _resumeQueued, false);
        }
        else
        {
            await _scene.Works.Add(cpu, new ResumeWork(Machine, _resumed));
        }
    }

    private sealed class ResumeWork(SimMachine machine, Ghost<bool> resumed) : TaskWork(machine, "resume")
    {
        internal override async Op Run(Cpu cpu) => await cpu.Store(resumed, true);
    }
}
