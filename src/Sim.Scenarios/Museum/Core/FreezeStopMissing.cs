using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>Registers of a task that runs.</summary>
internal sealed class FreezeStopMissing : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "freeze-stop-missing",
        Title = "SIGKILL lets a task run on while a tracer edits its registers",
        Group = ExhibitGroup.UtraceCore,
        Source = "utrace_freeze_stop() in the last RHEL 6 trees, whose comment points at upstream 9899d11f (January " +
            "2013); that changelog was not read",
        Actors = ["tracee", "tracer", "killer"],
        Story = "The tracer has seen that the task is stopped and off its processor, and writes its saved registers, " +
            "which lie on the stack of the task. SIGKILL wakes the task, which begins to die on that very stack. " +
            "The tracer's write changes what the kernel is using.",
        Fix = "The tracer sets a flag before it looks; a task that was killed in its stop waits until the flag is " +
            "cleared.",
        Switch = "a killed task does not wait while its stop is frozen",
        Guarantee = "KCSAN",
        Historic = "freeze-stop-missing",
        Build = Make,
    };

    private readonly BareScene _scene;
    private readonly Guarded<int> _registers;

    private FreezeStopMissing(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "freeze-stop-missing")
    {
        _registers = new Guarded<int>(this, "saved registers", null);
        _scene = new BareScene(machine, request.Variant);
        int engine = _scene.Attach(new UsesRegisters(machine, this), UtraceEvents.Quiesce | UtraceEvents.Exit);
        _scene.Ask(engine, ResumeAction.Report);
        _scene.RunToUser();
        _scene.Caller("tracer", Edit);
        _scene.Caller("killer", cpu => _scene.Send(cpu, Signals.SIGKILL));
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new FreezeStopMissing(machine, request);
        return null;
    }

    private async Op Edit(Cpu cpu)
    {
        if (!await _scene.AwaitStop(cpu))
        {
            return;
        }

        await _scene.World.Utrace.FreezeStop(cpu, _scene.Task);
        if (await cpu.ReadOnce(_scene.Task.State) == TaskState.Traced)
        {
            _registers.Set(cpu, 1);
        }

        await _scene.World.Utrace.UnfreezeStop(cpu, _scene.Task);
    }

    /// <summary>Stops the task on its way to user mode, and looks at its registers where it exits.</summary>
    private sealed class UsesRegisters(SimMachine machine, FreezeStopMissing exhibit) : EngineOps(machine, "E0")
    {
        public override Op<Verdict> ReportQuiesce(Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
            => Op<Verdict>.Of(during == UtraceEvents.None ? ResumeAction.Stop : ResumeAction.Resume);

        public override Op<Verdict> ReportExit(
            Cpu cpu, ResumeAction action, UtraceEngine engine, int original, Guarded<int> code)
        {
            exhibit._registers.Get(cpu);
            return Op<Verdict>.Of(ResumeAction.Resume);
        }
    }
}
