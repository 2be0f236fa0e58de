using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// Two engines answer STOP to the same report, and the owner of each lets the task go when it has seen it stopped: it
/// runs when the second has done so, not before.
/// </summary>
public sealed class TwoStops : MachineObject
{
    private readonly TracedTask _scene;

    private TwoStops(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "two-stops")
    {
        _scene = new TracedTask(machine, request.Variant, user => _scene!.Trip(user));
        ResumeAction letGo = request.Values["detach"] == 1 ? ResumeAction.Detach : ResumeAction.Resume;
        for (int i = 0; i < 2; i++)
        {
            int engine = _scene.Attach(
                UtraceEvents.Quiesce, watch => new WatchedOps(watch, onQuiesce: ResumeAction.Stop));
            _scene.Caller(FormattableString.Invariant($"tracer{i}"), cpu => LetGo(cpu, engine, letGo));
        }

        _scene.Control(machine.BootCpu, 0, ResumeAction.Report).GetAwaiter().GetResult();
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new TwoStops(machine, request)._scene.World.AtEnd;

    private async Op LetGo(Cpu cpu, int engine, ResumeAction action)
    {
        if (await _scene.LookUntil(cpu))
        {
            await _scene.Control(cpu, engine, action);
        }
    }
}
