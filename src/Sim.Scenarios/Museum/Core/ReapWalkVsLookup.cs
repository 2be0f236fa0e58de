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

/// <summary>A list walked and taken apart at once.</summary>
internal sealed class ReapWalkVsLookup : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "reap-walk-vs-lookup",
        Title = "an engine is looked up on the list that the reaper takes apart",
        Group = ExhibitGroup.UtraceCore,
        Source = "the RHEL 6 changelog, \"utrace_maybe_reap() vs find_matching_engine() race\", bug 557338, fixed in " +
            "January and February 2010",
        Actors = ["tracer", "reaper"],
        Story = "The reaper drops utrace->lock and walks the engines where they are linked: it reports the reap to " +
            "one, unlinks it and drops the reference. A tracer who looks for an engine walks the same list under " +
            "the lock, stands on that engine, and follows a link to itself for ever or takes a reference to freed " +
            "memory.",
        Fix = "While it still holds the lock the reaper moves all engines to a list of its own.",
        Switch = "maybe_reap walks and unlinks the shared list without the lock",
        Guarantee = "LOCKDEP",
        Historic = "reap-walk-vs-lookup",
        Build = (machine, request) => new ReapWalkVsLookup(machine, request)._world.AtEnd,
    };

    private readonly UtraceWorld _world;
    private readonly TaskStruct _target;

    private ReapWalkVsLookup(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "reap-walk-vs-lookup")
    {
        _world = new UtraceWorld(machine, request.Variant);
        LinuxKernel kernel = _world.Kernel;
        TaskStruct parent = kernel.MakeTask("parent", null, Parent);
        _target = kernel.MakeTask("target", parent);
        var ops = new WatchedOps(_world.Watch(_target, "E0"));
        _world.SetUpEngine(ops, UtraceEvents.Reap).Put(machine.BootCpu).GetAwaiter().GetResult();
        _world.Set(_target.ExitState, ExitState.Zombie);
        _world.Set(_target.State, TaskState.Dead);
        _world.Set(_target.Usage, 2);
        kernel.MakeTask("tracer", null, cpu => LookUp(cpu, ops));
    }

    private async Op Parent(Cpu cpu) => await _world.Kernel.Wait.WaitForChild(cpu);

    private async Op LookUp(Cpu cpu, EngineOps ops)
    {
        AttachResult found = await _world.Utrace.AttachTask(cpu, _target, AttachFlags.MatchOps, ops, null);
        if (found.Engine is not null)
        {
            await found.Engine.Put(cpu);
        }

        await _target.Put(cpu);
    }
}
