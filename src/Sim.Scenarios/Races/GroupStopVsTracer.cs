using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// A tracer takes over a task that job control stops, and lets it go again: it stays stopped until SIGCONT, and SIGCONT
/// does not set it going while the tracer holds it.
/// </summary>
public sealed class GroupStopVsTracer : MachineObject
{
    private readonly TracedTask _scene;
    private readonly bool _races;

    private GroupStopVsTracer(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "group-stop-vs-tracer")
    {
        _scene = new TracedTask(machine, request.Variant, user => _scene!.Trip(user));
        int engine = _scene.Attach(UtraceEvents.None, watch => new WatchedOps(watch));
        _scene.World.Send(machine.BootCpu, _scene.Task, Signals.SIGSTOP).GetAwaiter().GetResult();
        _scene.Caller("tracer", cpu => Trace(cpu, engine));
        _races = request.Values["race"] == 1;
        if (_races)
        {
            _scene.Caller("shell", cpu => Continue(cpu));
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new GroupStopVsTracer(machine, request)._scene.World.AtEnd;

    private async Op Trace(Cpu cpu, int engine)
    {
        while (await cpu.ReadOnce(_scene.Task.State) == TaskState.Running)
        {
            if (await cpu.Load(_scene.Over))
            {
                return;
            }

            await cpu.Watch(WatchSet.Empty.With(_scene.Task.State, TaskState.Running).With(_scene.Over, false));
        }

        await _scene.Control(cpu, engine, ResumeAction.Stop);
        await _scene.Look(cpu);
        await _scene.Control(cpu, engine, ResumeAction.Resume);
        if (!_races)
        {
            await _scene.World.Send(cpu, _scene.Task, Signals.SIGCONT);
        }
    }

    private async Op Continue(Cpu cpu)
    {
        await cpu.LoadWhen(_scene.Task.State, GuardKind.NotEqual, TaskState.Running);
        await _scene.World.Send(cpu, _scene.Task, Signals.SIGCONT);
    }
}
