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
    private readonly int _slow;
    private readonly Shared<bool> _reporting;
    private readonly Shared<bool> _reaped;

    private DeathVsReap(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "death-vs-reap")
    {
        _slow = request.Values["slow"];
        _reporting = new Shared<bool>(this, "death is being reported");
        _reaped = new Shared<bool>(this, "reaped");
        _world = new UtraceWorld(machine, request.Variant);
        LinuxKernel kernel = _world.Kernel;
        TaskStruct parent = kernel.MakeTask("parent", null, Parent);
        TaskStruct target = kernel.MakeTask("target", parent, Target);
        if (request.Values["autoreap"] != 0)
        {
            kernel.SetAction(parent, Signals.SIGCHLD, SigAction.Ignore);
        }

        ResumeAction answer = request.Values["detach"] != 0 ? ResumeAction.Detach : ResumeAction.Resume;
        UtraceEvents events = UtraceEvents.Death |
            (request.Values["reap"] != 0 ? UtraceEvents.Reap : UtraceEvents.None) |
            (request.Values["quiesce"] != 0 ? UtraceEvents.Quiesce : UtraceEvents.None);
        for (int i = 0; i < request.Values["engines"]; i++)
        {
            EngineWatch watch = _world.Watch(target, $"E{i}");
            WatchedOps ops = i == 0 ? new LongOps(watch, this, answer) : new WatchedOps(watch, onDeath: answer);
            UtraceEngine engine = _world.SetUpEngine(ops, events);
            engine.Put(machine.BootCpu).GetAwaiter().GetResult();
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new DeathVsReap(machine, request)._world.AtEnd;

    private async Op Parent(Cpu cpu)
    {
        if (_slow > 0)
        {
            await cpu.LoadWhen(_reporting, GuardKind.Equal, true);
        }

        await _world.Kernel.Wait.WaitForChild(cpu);
        if (_slow == 2)
        {
            await cpu.Store(_reaped, true);
        }
    }

    private Op Target(Cpu cpu) => _world.Kernel.Exit.DoExit(cpu, 0);

    /// <summary>An engine whose death callback may last until the parent has reaped the task.</summary>
    private sealed class LongOps(EngineWatch watch, DeathVsReap scenario, ResumeAction onDeath)
        : WatchedOps(watch, onDeath: onDeath)
    {
        protected override async Op<Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called)
        {
            if (scenario._slow > 0 && called.Events == UtraceEvents.Death)
            {
                await cpu.Store(scenario._reporting, true);
            }

            if (scenario._slow == 2 && called.Events == UtraceEvents.Death)
            {
                await cpu.LoadWhen(scenario._reaped, GuardKind.Equal, true);
            }

            return Default(called);
        }
    }
}
