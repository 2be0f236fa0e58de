using Sim.Kernel;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Races;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>Two who let one engine go.</summary>
internal sealed class StaleLockRecheck : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stale-lock-recheck",
        Title = "an engine is not looked at again once utrace->lock is held",
        Group = ExhibitGroup.UtraceCore,
        Source = "the utrace for 2.6.18 (2006) against the one for 2.6.20, whose get_utrace_lock() re-checks " +
            "task->utrace and engine->ops; SystemTap had the same in 2021",
        Actors = ["tracee", "two tracers"],
        Story = "Two tracers let the same engine go. Both see that it is attached. The first takes the lock and " +
            "detaches it; the second gets the lock afterwards and does not look again: it detaches an engine that " +
            "is gone, writes into it, and says that it has succeeded.",
        Fix = "After taking the lock the engine is looked at again, and the answer is ESRCH if it is gone.",
        Switch = "get_utrace_lock() does not test engine->ops under the lock",
        Guarantee = "STUCK",
        Without = [UtraceSites.Checks.OpsUnderLock],
        Build = (machine, request) => new StaleLockRecheck(machine, request)._world.AtEnd,
    };

    private readonly UtraceWorld _world;
    private readonly TaskStruct _target;
    private readonly GuardedRef<UtraceEngine> _engine;

    private StaleLockRecheck(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stale-lock-recheck")
    {
        _engine = new GuardedRef<UtraceEngine>(this, "engine", null);
        _world = new UtraceWorld(machine, request.Variant);
        LinuxKernel kernel = _world.Kernel;
        _target = kernel.MakeTask("target", kernel.MakeTask("parent"));
        UtraceEngine engine = _world.SetUpEngine(new WatchedOps(_world.Watch(_target, "E0")), UtraceEvents.None);
        engine.Get(machine.BootCpu).GetAwaiter().GetResult();
        _engine.Set(machine.BootCpu, engine);

        // A zombie that nobody reaps counts as quiescent: who lets the engine go removes it at once.
        _world.Set(_target.ExitState, ExitState.Zombie);
        _world.Set(_target.State, TaskState.Dead);
        kernel.MakeTask("tracer0", null, LetGo);
        kernel.MakeTask("tracer1", null, LetGo);
    }

    private async Op LetGo(Cpu cpu)
    {
        UtraceEngine engine = _engine.Get(cpu)!;
        await _world.Control(cpu, _target, engine, ResumeAction.Detach);
        await _world.Barrier(cpu, _target, engine);
        await engine.Put(cpu);
    }
}
