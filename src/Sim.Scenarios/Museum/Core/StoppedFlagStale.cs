using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>A bit that outlives the stop.</summary>
internal sealed class StoppedFlagStale : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stopped-flag-stale",
        Title = "a bit of its own says \"stopped\", and nobody clears it when SIGCONT wakes the task",
        Group = ExhibitGroup.UtraceCore,
        Source = "the Fedora 12 tree marks a task that job control has stopped and leaves it TASK_STOPPED; later in " +
            "2009 it becomes TASK_TRACED, and in the last trees the bit is gone",
        Actors = ["tracee", "tracer", "shell"],
        Story = "The task is TASK_STOPPED. The tracer asks for a stop: the bit is set, the answer is 0. SIGCONT wakes " +
            "the task. The tracer lets another engine go: the bit says stopped, so the engine is unlinked at " +
            "once, while the task walks the list in a report.",
        Fix = "TASK_STOPPED becomes TASK_TRACED under siglock, which SIGCONT does not wake, and the state of the " +
            "task is the truth.",
        Switch = "a bit that SIGCONT does not clear says that the task is stopped",
        Guarantee = "KCSAN",
        Historic = "stopped-flag-stale",
        Build = Make,
    };

    private readonly BareScene _scene;

    private StoppedFlagStale(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stopped-flag-stale")
    {
        _scene = new BareScene(machine, request.Variant);
        int holder = _scene.Attach(new BareScene.Answers(machine, "E0"), UtraceEvents.Quiesce);
        int leaver = _scene.Attach(new BareScene.Answers(machine, "E1"), UtraceEvents.None);
        _scene.Ask(holder, ResumeAction.Report);
        _scene.Send(machine.BootCpu, Signals.SIGSTOP).GetAwaiter().GetResult();
        _scene.RunToUser();
        _scene.Caller("tracer", cpu => Trace(cpu, holder, leaver));
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new StoppedFlagStale(machine, request);
        return null;
    }

    private async Op Trace(Cpu cpu, int holder, int leaver)
    {
        await cpu.LoadWhen(_scene.Task.State, GuardKind.NotEqual, TaskState.Running);
        await _scene.Control(cpu, holder, ResumeAction.Stop);
        await _scene.Send(cpu, Signals.SIGCONT);
        await _scene.Control(cpu, holder, ResumeAction.Report);
        await _scene.Control(cpu, leaver, ResumeAction.Detach);
        do
        {
            await _scene.Control(cpu, holder, ResumeAction.Resume);
        }
        while (await _scene.AwaitStop(cpu));
    }
}
