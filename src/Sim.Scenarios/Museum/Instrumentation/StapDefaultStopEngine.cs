using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>A stop without an owner.</summary>
internal sealed class StapDefaultStopEngine : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-default-stop-engine",
        Title = "a new engine asks for a stop that nobody ends",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap 72f1927c9 (October 2020), whose log tells of a process that stays traced for ever",
        Actors = ["tracee", "attacher"],
        Story = "The probe attaches and asks for a stop before it has set its events, and expects a callback to let " +
            "the task go again. The task, on its way to user mode, finds that an engine holds it, and stops. The " +
            "callback does not come. An innocent process hangs.",
        Fix = "The probe asks for INTERRUPT; a stop only where somebody owns the resume.",
        Switch = "the attach is followed by STOP and not by INTERRUPT",
        Guarantee = "STUCK",
        Build = Make,
    };

    private readonly BareScene _scene;
    private readonly ResumeAction _action;

    private StapDefaultStopEngine(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stap-default-stop-engine")
    {
        _action = Museum.Exhibit.IsFaulty(request) ? ResumeAction.Stop : ResumeAction.Interrupt;
        _scene = new BareScene(machine, request.Variant);
        int other = _scene.Attach(new BareScene.Answers(machine, "other"), UtraceEvents.Quiesce);
        _scene.Ask(other, ResumeAction.Report);
        _scene.RunToUser();
        _scene.Caller("attacher", Attach);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new StapDefaultStopEngine(machine, request);
        return null;
    }

    private async Op Attach(Cpu cpu)
    {
        AttachResult result = await _scene.World.Utrace.AttachTask(
            cpu, _scene.Task, AttachFlags.Create, new BareScene.Answers(Machine, "probe"), null);
        UtraceEngine engine = result.Engine!;
        await _scene.World.Utrace.Control(cpu, _scene.Task, engine, _action);
        await _scene.World.Utrace.SetEvents(cpu, _scene.Task, engine, UtraceEvents.Quiesce);
    }
}
