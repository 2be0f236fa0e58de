using Sim.Kernel;
using Sim.Kernel.Abi;
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
/// A traced task dies while its parent waits for it: the death report against the release. G1, G3,
/// G4, G5.
/// </summary>
public sealed class DeathVsReap : MachineObject
{
    private readonly UtraceWorld _world;
    private readonly EngineWatch _first;
    private readonly bool _slow;

    private DeathVsReap(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "death-vs-reap")
    {
        _world = new UtraceWorld(machine, request.Variant);
        LinuxKernel kernel = _world.Kernel;
        TaskStruct parent = kernel.MakeTask("parent", null, Parent);
        TaskStruct target = kernel.MakeTask("target", parent, Target);
        if (request.Values["autoreap"] != 0)
        {
            kernel.SetAction(parent, Signals.SIGCHLD, SigAction.Ignore);
        }

        _slow = request.Values["slow"] != 0;
        _first = _world.Watch(target, "E0");
        ResumeAction answer = request.Values["detach"] != 0 ? ResumeAction.Detach : ResumeAction.Resume;
        UtraceEvents events = UtraceEvents.Death |
            (request.Values["reap"] != 0 ? UtraceEvents.Reap : UtraceEvents.None) |
            (request.Values["quiesce"] != 0 ? UtraceEvents.Quiesce : UtraceEvents.None);
        for (int i = 0; i < request.Values["engines"]; i++)
        {
            var ops = new WatchedOps(i == 0 ? _first : _world.Watch(target, $"E{i}"), onDeath: answer);
            UtraceEngine engine = _world.SetUpEngine(ops, events);
            engine.Put(machine.BootCpu).GetAwaiter().GetResult();
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new DeathVsReap(machine, request)._world.AtEnd;

    private async Op Parent(Cpu cpu)
    {
        if (_slow)
        {
            await _first.AwaitCallback(cpu);
        }

        await _world.Kernel.Wait.WaitForChild(cpu);
    }

    private Op Target(Cpu cpu) => _world.Kernel.Exit.DoExit(cpu, 0);
}
