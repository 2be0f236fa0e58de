using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>A stop that SIGKILL ends.</summary>
internal sealed class SigkillWakesDuringReset : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "sigkill-wakes-during-reset",
        Title = "SIGKILL sets a stopped task going while a controller edits its list of engines",
        Group = ExhibitGroup.UtraceCore,
        Source = "RHEL 5.2 (2.6.18-92, 2008) locks and unlocks after waking, with a comment on SIGKILL; the new API " +
            "has utrace_finish_stop(), reworked from October to December 2009",
        Actors = ["tracee", "tracer", "killer"],
        Story = "The tracer holds utrace->lock, has seen the task stopped, and unlinks an engine. SIGKILL wakes the " +
            "task, which begins its exit report and walks the list, without the lock, as it may when nobody takes " +
            "it for stopped. The tracer frees the engine that it stands on.",
        Fix = "A task that wakes with a fatal signal pending waits until nobody holds the lock.",
        Switch = "a killed task does not wait for the lock after its stop",
        Guarantee = "KCSAN",
        Without = [UtraceSites.UtraceLock.FinishStop],
        Build = Make,
    };

    private readonly BareScene _scene;

    private SigkillWakesDuringReset(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "sigkill-wakes-during-reset")
    {
        _scene = new BareScene(machine, request.Variant);
        int stopper = _scene.Attach(new BareScene.Answers(machine, "E0", onQuiesce: ResumeAction.Stop), UtraceEvents.Quiesce | UtraceEvents.Exit);
        int leaver = _scene.Attach(new BareScene.Answers(machine, "E1"), UtraceEvents.None);
        _scene.Ask(stopper, ResumeAction.Report);
        _scene.RunToUser();
        _scene.Caller("tracer", cpu => LetGo(cpu, leaver));
        _scene.Caller("killer", cpu => _scene.Send(cpu, Signals.SIGKILL));
    }

    /// <summary>Makes the world: a task that an engine has stopped, a tracer that lets another engine go, a killer.</summary>
    internal static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new SigkillWakesDuringReset(machine, request);
        return null;
    }

    private async Op LetGo(Cpu cpu, int engine)
    {
        if (await _scene.AwaitStop(cpu))
        {
            await _scene.Control(cpu, engine, ResumeAction.Detach);
        }
    }
}
