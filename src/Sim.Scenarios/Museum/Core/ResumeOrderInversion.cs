using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Laws;
using Sim.Scenarios.Races;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>The order of two actions.</summary>
internal sealed class ResumeOrderInversion : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "resume-order-inversion",
        Title = "REPORT is a smaller number than INTERRUPT, and the smallest wins",
        Group = ExhibitGroup.UtraceCore,
        Source = "the order of the enum in the Fedora 12 tree against the one in the trees of 2010; the explanation is " +
            "ours",
        Actors = ["tracee"],
        Story = "Of two engines asked about one event the first answers INTERRUPT, the second REPORT. The smallest " +
            "number wins: REPORT. The task is only made to come by on its way to user mode; the first engine " +
            "waits for its report_signal, and a sleep is not interrupted.",
        Fix = "The stronger request is the smaller number.",
        Switch = "of REPORT and INTERRUPT the weaker wins",
        Guarantee = "G24",
        Historic = "resume-order-inversion",
        Build = (machine, request) => new ResumeOrderInversion(machine, request)._scene.World.AtEnd,
    };

    private readonly TracedTask _scene;

    private ResumeOrderInversion(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "resume-order-inversion")
    {
        _scene = new TracedTask(machine, request.Variant, Run);
        foreach (ResumeAction answer in (ResumeAction[])[ResumeAction.Interrupt, ResumeAction.Report, ResumeAction.Resume])
        {
            _scene.Attach(UtraceEvents.SyscallExit, watch => new Answers(watch, answer));
        }
    }

    private async Op Run(User user)
    {
        await user.Getppid();
        await _scene.World.InUserMode(user.Cpu);
    }

    /// <summary>Answers a system call's end with one action.</summary>
    private sealed class Answers(EngineWatch watch, ResumeAction answer) : WatchedOps(watch)
    {
        protected override Op<Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called)
            => Op<Verdict>.Of(called.Events == UtraceEvents.SyscallExit ? answer : Default(called));
    }
}
