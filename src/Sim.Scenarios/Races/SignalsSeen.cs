using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Laws;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// A signal that would kill the task's group, or that is ignored, arrives while an engine wants to see every signal: it
/// is shown to the engine before anything happens.
/// </summary>
public sealed class SignalsSeen : MachineObject
{
    private static readonly int[] s_signals = [Signals.SIGTERM, Signals.SIGQUIT, Signals.SIGCHLD];

    private readonly TracedTask _scene;

    private SignalsSeen(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "signals-seen")
    {
        int signal = s_signals[request.Values["signal"]];
        _scene = new TracedTask(machine, request.Variant, Run);
        bool reports = request.Values["report"] == 1;
        int engine = _scene.Attach(UtraceEvents.SignalAll, watch => new Seer(watch, reports));
        _scene.Caller("sender", cpu => _scene.World.Send(cpu, _scene.Task, signal));
        if (request.Values["detach"] == 1)
        {
            _scene.Caller("tracer", cpu => Make(cpu, engine, ResumeAction.Detach));
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new SignalsSeen(machine, request)._scene.World.AtEnd;

    private async Op Make(Cpu cpu, int engine, ResumeAction action) => await _scene.Control(cpu, engine, action);

    private async Op Run(User user)
    {
        await _scene.Trip(user);
        await _scene.Trip(user);
    }

    /// <summary>Looks at signals and lets them pass.</summary>
    private sealed class Seer(EngineWatch watch, bool reports) : WatchedOps(watch)
    {
        public override bool HasReportSignal => reports;
    }
}
