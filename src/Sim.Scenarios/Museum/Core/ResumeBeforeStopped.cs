using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>A request taken for a state.</summary>
internal sealed class ResumeBeforeStopped : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "resume-before-stopped",
        Title = "RESUME takes \"asked to stop\" for \"stopped\"",
        Group = ExhibitGroup.UtraceCore,
        Source = "RHEL 5 before 2.6.18-92.1.22 (2008), where the wake-up first asks whether the target is really " +
            "stopped; the comment explains the assumption that was broken",
        Actors = ["tracee", "tracer"],
        Story = "A tracer asks for a stop and, before the task has stopped, lets it go again. Since the stop was " +
            "asked for it takes the task for stopped: it recomputes the flags and drops engines that are on their " +
            "way out, while the task walks the very list in a report.",
        Fix = "If the task is not stopped only the request is taken back, and the task sorts the rest out itself.",
        Switch = "control(RESUME) resets the engines of a task that was asked to stop and has not",
        Guarantee = "KCSAN",
        Historic = "resume-before-stopped",
        Build = Make,
    };

    private readonly BareScene _scene;

    private ResumeBeforeStopped(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "resume-before-stopped")
    {
        _scene = new BareScene(machine, request.Variant);
        int stopper = _scene.Attach(new BareScene.Answers(machine, "E0"), UtraceEvents.None);
        int leaver = _scene.Attach(new BareScene.Answers(machine, "E1"), UtraceEvents.Quiesce);
        _scene.Ask(leaver, ResumeAction.Report);
        _scene.Ask(leaver, ResumeAction.Detach);
        _scene.Ask(stopper, ResumeAction.Stop);
        _scene.RunToUser();
        _scene.Caller("tracer", cpu => LetGo(cpu, stopper));
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new ResumeBeforeStopped(machine, request);
        return null;
    }

    private async Op LetGo(Cpu cpu, int engine)
    {
        await _scene.Control(cpu, engine, ResumeAction.Resume);

        // Variant B may stop for an engine that no longer holds the task (finding F7).
        if (await _scene.AwaitStop(cpu))
        {
            await _scene.Control(cpu, engine, ResumeAction.Resume);
        }
    }
}
