using Sim.Kernel;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Laws;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// Tracers ask a task in user mode for a report while it comes by for an earlier request. The task
/// runs until every request was answered; a lost one leaves it in user mode for ever. Row M7.
/// </summary>
public sealed class RequestVsResume : MachineObject
{
    private readonly UtraceWorld _world;
    private readonly TaskStruct _target;
    private readonly MachineList<UtraceEngine> _engines;
    private readonly EngineWatch[] _watches;

    private RequestVsResume(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "request-vs-resume")
    {
        int tracers = request.Values["tracers"];
        _engines = new MachineList<UtraceEngine>(this, "engines", null);
        _world = new UtraceWorld(machine, request.Variant) { FollowsControls = false };
        LinuxKernel kernel = _world.Kernel;
        _target = kernel.MakeTask("target");
        _watches = [.. Enumerable.Range(0, tracers).Select(i => _world.Watch(_target, $"E{i}"))];
        kernel.Start(_target, Target);
        for (int i = 0; i < tracers; i++)
        {
            int tracer = i;
            _engines.Add(
                machine.BootCpu, _world.SetUpEngine(new WatchedOps(_watches[i]), UtraceEvents.Quiesce));
            kernel.MakeTask($"tracer{i}", null, cpu => Tracer(cpu, tracer));
        }

        _world.Set(_target.Usage, 2 + tracers);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new RequestVsResume(machine, request)._world.AtEnd;

    private async Op Target(Cpu cpu)
    {
        for (int i = 0; i < _watches.Length; i++)
        {
            while (await _watches[i].CallbacksBegun(cpu) == 0)
            {
                await _world.Kernel.ReturnWork.RunUntilInterrupt(cpu);
            }
        }

        await _world.Kernel.Exit.DoExit(cpu, 0);
    }

    private async Op Tracer(Cpu cpu, int tracer)
    {
        UtraceEngine engine = _engines.At(cpu, tracer);
        await _world.Control(cpu, _target, engine, ResumeAction.Report);
        await engine.Put(cpu);
        await _target.Put(cpu);
    }
}
