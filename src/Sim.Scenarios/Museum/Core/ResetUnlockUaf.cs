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

/// <summary>The end of utrace_reset().</summary>
internal sealed class ResetUnlockUaf : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "reset-unlock-uaf",
        Title = "clearing utrace_flags lets the task be freed before utrace->lock is dropped",
        Group = ExhibitGroup.UtraceCore,
        Source = "the comment and the RCU read section in utrace_reset() from 2009 on; the Fedora 12 tree needs " +
            "neither, since its release_task() always takes the lock",
        Actors = ["tracer", "reaper"],
        Story = "The last engine is gone: the tracer, holding utrace->lock, stores utrace_flags=0. The reaper sees 0, " +
            "does not take the lock, and drops the last reference: task and struct utrace are freed after a grace " +
            "period that waits for nobody. The tracer releases a lock in freed memory.",
        Fix = "An RCU read section from before the store until after the release.",
        Switch = "utrace_reset() has no RCU read section",
        Guarantee = "KASAN",
        Variant = "fixed",
        Historic = "reset-unlock-uaf",
        Build = (machine, request) => new ResetUnlockUaf(machine, request)._world.AtEnd,
    };

    private readonly UtraceWorld _world;
    private readonly TaskStruct _target;
    private readonly GuardedRef<UtraceEngine> _engine;

    private ResetUnlockUaf(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "reset-unlock-uaf")
    {
        _engine = new GuardedRef<UtraceEngine>(this, "engine", null);
        _world = new UtraceWorld(machine, request.Variant, zombie: true);
        LinuxKernel kernel = _world.Kernel;
        TaskStruct parent = kernel.MakeTask("parent", null, Parent);
        _target = kernel.MakeTask("target", parent);
        _engine.Set(machine.BootCpu, _world.SetUpEngine(new WatchedOps(_world.Watch(_target, "E0")), UtraceEvents.Reap));
        _world.Set(_target.ExitState, ExitState.Zombie);
        _world.Set(_target.State, TaskState.Dead);

        // The tracer has no reference to the task but what keeps RCU readers safe, as ptrace and SystemTap have not.
        _world.Set(_target.Usage, 1);
        kernel.MakeTask("tracer", null, Tracer);
    }

    private async Op Parent(Cpu cpu) => await _world.Kernel.Wait.WaitForChild(cpu);

    private async Op Tracer(Cpu cpu)
    {
        UtraceEngine engine = _engine.Get(cpu)!;
        await _world.Control(cpu, _target, engine, ResumeAction.Detach);
        await engine.Put(cpu);
    }
}
