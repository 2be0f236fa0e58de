using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>A sleep in a read section.</summary>
internal sealed class StapBarrierInAtomic : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-barrier-in-atomic",
        Title = "utrace_barrier() is called where nobody may sleep",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap 3fb24a367 and da35c58d1 (August 2012, PR14463, \"scheduling while atomic\"); a329b05dd " +
            "names the same in its detach of all engines",
        Actors = ["tracee", "unloader"],
        Story = "The unloader walks the list of tasks in an RCU read section and lets its engine go on each. One is " +
            "in a callback: EINPROGRESS. It waits right there with utrace_barrier(), which sleeps. The kernel " +
            "says \"scheduling while atomic\".",
        Fix = "The wait is done outside, or in a context that may sleep.",
        Switch = "the barrier is called inside the RCU read section",
        Guarantee = "LOCKDEP",
        Build = Make,
    };

    private readonly BareScene _scene;
    private readonly bool _inside;

    private StapBarrierInAtomic(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stap-barrier-in-atomic")
    {
        _inside = Museum.Exhibit.IsFaulty(request);
        _scene = new BareScene(machine, request.Variant);
        int engine = _scene.Attach(new BareScene.Answers(machine, "probe"), UtraceEvents.Exit);
        _scene.Run(cpu => _scene.Kernel.Exit.DoExit(cpu, 0));
        _scene.Caller("unloader", cpu => LetGo(cpu, engine));
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new StapBarrierInAtomic(machine, request);
        return null;
    }

    private async Op LetGo(Cpu cpu, int engine)
    {
        await cpu.Task().Rcu.Lock(cpu);
        Errno error = await _scene.Control(cpu, engine, ResumeAction.Detach);
        if (_inside && error == Errno.EINPROGRESS)
        {
            await Wait(cpu, engine);
        }

        await cpu.Task().Rcu.Unlock(cpu);
        if (!_inside && error == Errno.EINPROGRESS)
        {
            await Wait(cpu, engine);
        }
    }

    private async Op Wait(Cpu cpu, int engine) => await _scene.World.Utrace.Barrier(cpu, _scene.Task, _scene.Engine(engine));
}
