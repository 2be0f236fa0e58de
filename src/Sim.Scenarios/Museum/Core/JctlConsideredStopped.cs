using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>A report made too late.</summary>
internal sealed class JctlConsideredStopped : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "jctl-considered-stopped",
        Title = "TASK_STOPPED is taken for quiescent while the report of the stop is still running",
        Group = ExhibitGroup.UtraceCore,
        Source = "RHEL 5 before 2.6.18-53 (2007), where the JCTL bit comes to mean \"not through report_jctl yet\"; " +
            "upstream ae6d2ed7bb3 (September 2009) moves the hook before the change of state",
        Actors = ["tracee", "tracer"],
        Story = "The task sets itself TASK_STOPPED for job control and then calls report_jctl of its engines. The " +
            "tracer lets an engine go: the task is stopped, so the engine is unlinked and freed at once. The task " +
            "is inside its callback.",
        Fix = "The report is made before the task is TASK_STOPPED.",
        Switch = "the hook for job control is called when the task is TASK_STOPPED already",
        Guarantee = "KCSAN",
        Build = Make,
    };

    private readonly BareScene _scene;

    private JctlConsideredStopped(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "jctl-considered-stopped")
    {
        _scene = new BareScene(
            machine, request.Variant, new KernelOptions { ReportsStopWhenStopped = Museum.Exhibit.IsFaulty(request) });
        int engine = _scene.Attach(new BareScene.Answers(machine, "E0"), UtraceEvents.Jctl);
        _scene.Send(machine.BootCpu, Signals.SIGSTOP).GetAwaiter().GetResult();
        _scene.RunToUser();
        _scene.Caller("tracer", cpu => Trace(cpu, engine));
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new JctlConsideredStopped(machine, request);
        return null;
    }

    private async Op Trace(Cpu cpu, int engine)
    {
        await cpu.LoadWhen(_scene.Task.State, GuardKind.NotEqual, TaskState.Running);
        await _scene.Control(cpu, engine, ResumeAction.Detach);
        await _scene.Send(cpu, Signals.SIGCONT);
    }
}
