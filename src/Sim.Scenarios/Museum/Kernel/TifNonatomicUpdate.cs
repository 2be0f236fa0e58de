using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Kernel;

/// <summary>A word that two write.</summary>
internal sealed class TifNonatomicUpdate : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "tif-nonatomic-update",
        Title = "thread flags are changed by a load and a store, and a remote change is lost",
        Group = ExhibitGroup.Kernel,
        Source = "upstream f144e7c7272 (March 2007): powerpc flush_thread() against ptrace_disable(); other " +
            "architectures had the like",
        Actors = ["tracee", "killer"],
        Story = "The task loads its thread flags to change one. Somebody sets another with a locked instruction. The task stores " +
            "what it loaded, changed: the other bit is gone. Shown here where the task clears TIF_NOTIFY_RESUME on its way " +
            "to user mode and loses TIF_SIGPENDING of a SIGKILL: it runs on, and nobody tells it again.",
        Fix = "Thread flags are changed by locked instructions.",
        Switch = "TIF_NOTIFY_RESUME is cleared by a load and a store",
        Guarantee = "STUCK",
        Without = [KernelSites.ClearThreadFlag],
        Build = Make,
    };

    private readonly BareScene _scene;

    private TifNonatomicUpdate(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "tif-nonatomic-update")
    {
        _scene = new BareScene(machine, request.Variant);
        int engine = _scene.Attach(new BareScene.Answers(machine, "E0"), UtraceEvents.Quiesce);
        _scene.Ask(engine, ResumeAction.Report);
        _scene.Run(Loop);
        _scene.Caller("killer", cpu => _scene.Send(cpu, Signals.SIGKILL));
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new TifNonatomicUpdate(machine, request);
        return null;
    }

    private async Op Loop(Cpu cpu)
    {
        while (true)
        {
            await _scene.Kernel.ReturnWork.RunUntilInterrupt(cpu);
        }
    }
}
