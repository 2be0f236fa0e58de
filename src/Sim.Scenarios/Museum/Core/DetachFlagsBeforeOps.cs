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

/// <summary>The order of the two stores of a detach.</summary>
internal sealed class DetachFlagsBeforeOps : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "detach-flags-before-ops",
        Title = "a detach stores the flags before the vector: new flags with the old vector",
        Group = ExhibitGroup.UtraceCore,
        Source = "RHEL 5 up to 5.1 (2007); in 2.6.18-92 the order is reversed, with a write barrier between, and a " +
            "comment lists the four combinations that may be seen",
        Actors = ["tracee", "tracer"],
        Story = "The engine has no report_quiesce, and never asked for it. The tracer, letting it go, stores the flag " +
            "QUIESCE first. The tracee reads the flags, QUIESCE, and then the vector, still the engine's own, and " +
            "calls its report_quiesce, which is NULL. The detached vector comes too late.",
        Fix = "The vector is stored first, then a write barrier, then the flags; the tracee reads them the other " +
            "way round.",
        Switch = "control(DETACH) stores the flags before the vector",
        Guarantee = "BUG",
        Historic = "detach-flags-before-ops",
        Build = Make,
    };

    private readonly UtraceCore _utrace;
    private readonly LinuxKernel _kernel;
    private readonly TaskStruct _target;
    private readonly GuardedRef<UtraceEngine> _engine;

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new DetachFlagsBeforeOps(machine, request);
        return null;
    }

    private DetachFlagsBeforeOps(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "detach-flags-before-ops")
    {
        _engine = new GuardedRef<UtraceEngine>(this, "engine", null);
        var world = new UtraceWorld(machine, request.Variant);
        (_utrace, _kernel) = (world.Utrace, world.Kernel);
        _target = _kernel.MakeTask("target", null, Target);
        UtraceEngine engine = _utrace.AttachTask(machine.BootCpu, _target, AttachFlags.Create, new NoQuiesce(machine), null)
            .GetAwaiter().GetResult().Engine!;
        _utrace.SetEvents(machine.BootCpu, _target, engine, UtraceEvents.Exit).GetAwaiter().GetResult();
        _engine.Set(machine.BootCpu, engine);
        _kernel.MakeTask("tracer", null, Tracer);
        world.Set(_target.Usage, 3);
    }

    private async Op Target(Cpu cpu) => await _kernel.Exit.DoExit(cpu, 0);

    private async Op Tracer(Cpu cpu)
    {
        UtraceEngine engine = _engine.Get(cpu)!;
        await _utrace.Control(cpu, _target, engine, ResumeAction.Detach);
        await engine.Put(cpu);
        await _target.Put(cpu);
    }

    /// <summary>An engine that wants EXIT alone, and whose report_quiesce is NULL.</summary>
    private sealed class NoQuiesce(SimMachine machine) : EngineOps(machine, "E0")
    {
        public override Op<Verdict> ReportQuiesce(
            Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
        {
            Machine.Violate("BUG", "a call through NULL: report_quiesce of an engine that has none");
            return Op<Verdict>.Of(ResumeAction.Resume);
        }
    }
}
