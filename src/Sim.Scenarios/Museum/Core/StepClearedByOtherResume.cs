using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>Who ends a single step.</summary>
internal sealed class StepClearedByOtherResume : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "step-cleared-by-other-resume",
        Title = "stepping is ended by RESUME, and not when the task is set going",
        Group = ExhibitGroup.UtraceCore,
        Source = "the RHEL 6 changelog, \"move user_disable_single_step() logic from utrace_control() to " +
            "utrace_reset()\", bug 635853, 2010",
        Actors = ["tracee", "tracer"],
        Story = "RESUME clears the flag of single-stepping at once, and so ends the step of another engine. The " +
            "mirror image is shown here: a sole engine steps the task, stops it, and lets it go by DETACH. Nobody " +
            "clears the flag; the task goes on stepping, and the trap that nobody expects kills it.",
        Fix = "Stepping ends in utrace_reset(), when the task is really woken and nothing but RESUME is left to do.",
        Switch = "RESUME ends stepping at once, and utrace_reset() does not",
        Guarantee = "H1",
        Historic = "step-cleared-by-other-resume",
        Build = Make,
    };

    private readonly BareScene _scene;
    private readonly Shared<bool> _steps;
    private readonly Shared<bool> _asked;

    private StepClearedByOtherResume(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "step-cleared-by-other-resume")
    {
        _steps = new Shared<bool>(this, "in user mode");
        _asked = new Shared<bool>(this, "stop asked for");
        _scene = new BareScene(machine, request.Variant);
        int engine = _scene.Attach(new BareScene.Answers(machine, "E0", onQuiesce: ResumeAction.SingleStep), UtraceEvents.Quiesce);
        _scene.Ask(engine, ResumeAction.SingleStep);
        _scene.Run(Target);
        _scene.Caller("tracer", cpu => Trace(cpu, engine));
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new StepClearedByOtherResume(machine, request);
        return null;
    }

    private async Op Target(Cpu cpu)
    {
        await _scene.Kernel.ReturnWork.ExitToUser(cpu);
        await cpu.Store(_steps, true);
        await cpu.LoadWhen(_asked, GuardKind.Equal, true);
        await _scene.Kernel.ReturnWork.ExitToUser(cpu);
        ThreadFlags flags = await cpu.ReadOnce(_scene.Task.ThreadFlags);
        if ((flags & ThreadFlags.SingleStep) != ThreadFlags.None)
        {
            Machine.Break(MuseumLaws.Steps, "the task steps, and its last engine is gone");
        }

        await cpu.End();
    }

    private async Op Trace(Cpu cpu, int engine)
    {
        await cpu.LoadWhen(_steps, GuardKind.Equal, true);
        await _scene.Control(cpu, engine, ResumeAction.Stop);
        await cpu.Store(_asked, true);
        if (await _scene.AwaitStop(cpu))
        {
            await _scene.Control(cpu, engine, ResumeAction.Detach);
        }
    }
}
