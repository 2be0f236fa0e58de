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
/// An owner has an engine and a pointer to its task, but no reference to the task: in an RCU read section it makes a
/// call, and if the answer is not -ESRCH uses the pointer, while the task dies and is reaped. G36.
/// </summary>
public sealed class PointerVsRelease : MachineObject
{
    private readonly UtraceWorld _world;
    private readonly TaskStruct _target;
    private readonly GuardedRef<UtraceEngine> _engine;
    private readonly Shared<bool> _reporting;
    private readonly Shared<bool> _reaped;
    private readonly int _call;
    private readonly bool _long;

    private PointerVsRelease(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "pointer-vs-release")
    {
        _call = request.Values["call"];
        _long = request.Values["death"] == 2;
        _engine = new GuardedRef<UtraceEngine>(this, "engine", null);
        _reporting = new Shared<bool>(this, "death is being reported");
        _reaped = new Shared<bool>(this, "reaped");
        _world = new UtraceWorld(machine, request.Variant) { FollowsControls = false };
        LinuxKernel kernel = _world.Kernel;
        TaskStruct parent = kernel.MakeTask("parent", null, Parent);
        _target = kernel.MakeTask("target", parent, Target);
        _world.FollowFree(_target);
        UtraceEvents events = UtraceEvents.Reap |
            (request.Values["death"] != 0 ? UtraceEvents.Death : UtraceEvents.None) |
            (_call == 2 ? UtraceEvents.Quiesce : UtraceEvents.None);
        _engine.Set(machine.BootCpu, _world.SetUpEngine(new LongOps(_world.Watch(_target, "E0"), this), events));
        kernel.MakeTask("owner", null, Owner);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new PointerVsRelease(machine, request)._world.AtEnd;

    private async Op Parent(Cpu cpu)
    {
        if (_long)
        {
            await cpu.LoadWhen(_reporting, GuardKind.Equal, true);
        }

        await _world.Kernel.Wait.WaitForChild(cpu);
        if (_long)
        {
            await cpu.Store(_reaped, true);
        }
    }

    private Op Target(Cpu cpu) => _world.Kernel.Exit.DoExit(cpu, 0);

    private async Op Owner(Cpu cpu)
    {
        if (_long)
        {
            await cpu.LoadWhen(_reaped, GuardKind.Equal, true);
        }

        UtraceEngine engine = _engine.Get(cpu)!;
        await cpu.Task().Rcu.Lock(cpu);
        Errno answer = await Call(cpu, engine);
        if (answer != Errno.ESRCH)
        {
            await _world.UsePointer(cpu, engine, answer);
        }

        await cpu.Task().Rcu.Unlock(cpu);
        await engine.Put(cpu);
    }

    private Op<Errno> Call(Cpu cpu, UtraceEngine engine) => _call switch
    {
        0 => _world.SetEvents(cpu, _target, engine, UtraceEvents.Reap),
        1 => _world.Control(cpu, _target, engine, ResumeAction.Detach),
        _ => _world.Control(cpu, _target, engine, ResumeAction.Report),
    };

    /// <summary>An engine whose death callback may last until the parent has reaped the task.</summary>
    private sealed class LongOps(EngineWatch watch, PointerVsRelease scenario) : WatchedOps(watch)
    {
        protected override async Op<Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called)
        {
            if (scenario._long && called.Events == UtraceEvents.Death)
            {
                await cpu.Store(scenario._reporting, true);
                await cpu.LoadWhen(scenario._reaped, GuardKind.Equal, true);
            }

            return Default(called);
        }
    }
}
