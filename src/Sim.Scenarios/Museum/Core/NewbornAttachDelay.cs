using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Races;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>Priority for the parent.</summary>
internal sealed class NewbornAttachDelay : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "newborn-attach-delay",
        Title = "an attach to a newborn waits for its parent, which may wait for the attacher",
        Group = ExhibitGroup.UtraceCore,
        Source = "utrace_attach_delay() polls PF_STARTING in all trees up to the autumn of 2009 and is gone in the " +
            "posting of November; the reason was not read",
        Actors = ["tracee", "tracer"],
        Story = "The parent has made a child and reports it; a callback blocks until a second tracer is ready. That " +
            "tracer attaches to the child, and the attach waits until the child is reported. Both wait for ever; " +
            "with yield() and a real-time attacher the same is a livelock.",
        Fix = "There is no such rule: an attach is always possible.",
        Switch = "an attach waits until PF_STARTING is cleared",
        Guarantee = "STUCK",
        Historic = "newborn-attach-delay",
        Build = (machine, request) => new NewbornAttachDelay(machine, request).AtEnd,
    };

    private readonly UtraceWorld _world;
    private readonly SharedRef<TaskStruct> _child;
    private readonly Shared<bool> _attached;
    private readonly Shared<bool> _born;

    private NewbornAttachDelay(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "newborn-attach-delay")
    {
        _child = new SharedRef<TaskStruct>(this, "child");
        _born = new Shared<bool>(this, "born");
        _attached = new Shared<bool>(this, "attached");
        _world = new UtraceWorld(machine, UtraceWorld.Named(request.Variant), init: false);
        TaskStruct parent = _world.Life!.Stranger("parent", Fork);
        var ops = new CloneOps(machine, this);
        UtraceEngine engine = _world.Utrace.AttachTask(machine.BootCpu, parent, AttachFlags.Create, ops, null).GetAwaiter().GetResult().Engine!;
        _world.Utrace.SetEvents(machine.BootCpu, parent, engine, UtraceEvents.Clone).GetAwaiter().GetResult();
        _world.Life.Stranger("tracer", Attach);
    }

    private void AtEnd() => _world.Life!.Expect(_attached.Peek, "the tracer could not attach");

    private async Op Fork(User user)
    {
        await user.Fork(new RoutineProgram(Stay));
    }

    private async Op Attach(User user)
    {
        await user.Cpu.LoadWhen(_born, GuardKind.Equal, true);
        TaskStruct child = (await user.Cpu.ReadOnce(_child))!;
        await _world.Utrace.AttachTask(user.Cpu, child, AttachFlags.Create, new PlainOps(Machine), null);
        await user.Cpu.Store(_attached, true);
    }

    private async Op<int> Stay(User user)
    {
        _world.Life!.Keep(user.Cpu, user.Task);
        await user.Cpu.End();
        return 0;
    }

    /// <summary>Answers to a clone only when somebody has attached to the child.</summary>
    private sealed class CloneOps(SimMachine machine, NewbornAttachDelay exhibit) : EngineOps(machine, "E0")
    {
        public override async Op<Verdict> ReportClone(
            Cpu cpu, ResumeAction action, UtraceEngine engine, CloneFlags flags, TaskStruct child)
        {
            await cpu.WriteOnce(exhibit._child, child);
            await cpu.Store(exhibit._born, true);
            await cpu.LoadWhen(exhibit._attached, GuardKind.Equal, true);
            return ResumeAction.Resume;
        }
    }

    private sealed class PlainOps(SimMachine machine) : EngineOps(machine, "E1");
}
