using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>An answer that nobody reads.</summary>
internal sealed class StapDetachNoBarrier : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-detach-no-barrier",
        Title = "the answer EINPROGRESS of a DETACH is taken for \"done\"",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap 9cb8092cf (June 2010, PR11672), with 722a48dbe and 514f3b061 after it",
        Actors = ["tracee", "unloader"],
        Story = "The task is inside a handler of the module. The unloader lets the engine go, is told EINPROGRESS, " +
            "and does not care. It frees the module. The task returns into text that is gone.",
        Fix = "utrace_barrier(), until it no longer says ERESTARTSYS; ESRCH and EALREADY are success.",
        Switch = "no barrier after EINPROGRESS",
        Guarantee = "KASAN",
        Build = Make,
    };

    private readonly BareScene _scene;
    private readonly ProbeModule _module;
    private readonly bool _waits;

    private StapDetachNoBarrier(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stap-detach-no-barrier")
    {
        _waits = !Museum.Exhibit.IsFaulty(request);
        _module = new ProbeModule(machine);
        _scene = new BareScene(machine, request.Variant);
        int engine = _scene.Attach(new Handler(machine, _module), UtraceEvents.Exit);
        _scene.Run(cpu => _scene.Kernel.Exit.DoExit(cpu, 0));
        _scene.Caller("unloader", cpu => Unload(cpu, engine));
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new StapDetachNoBarrier(machine, request);
        return null;
    }

    private async Op Unload(Cpu cpu, int engine)
    {
        Errno error = await _scene.Control(cpu, engine, ResumeAction.Detach);
        while (error is Errno.EINPROGRESS or Errno.EALREADY or Errno.ERESTARTSYS && _waits)
        {
            error = await _scene.World.Utrace.Barrier(cpu, _scene.Task, _scene.Engine(engine));
        }

        await cpu.Free(_module);
    }

    private sealed class Handler(SimMachine machine, ProbeModule module) : EngineOps(machine, "probe")
    {
        public override async Op<Verdict> ReportExit(
            Cpu cpu, ResumeAction action, UtraceEngine engine, int original, Guarded<int> code)
        {
            await module.Execute(cpu);
            await module.Execute(cpu);
            return ResumeAction.Resume;
        }
    }
}
