using Sim.Arch;
using Sim.Arch.X86_64;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;
using Sim.Scenarios.Races;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>A step that a handler comes before.</summary>
internal sealed class UprobesSignalCancelsStep : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "uprobes-signal-cancels-step",
        Title = "a signal handler starts before the copy of a probed instruction is stepped",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap a8913457f (February 2008, PR5693)",
        Actors = ["tracee", "sender"],
        Story = "The tracee hits a breakpoint. The probe sets its instruction pointer to a slot with a copy of the " +
            "instruction that was there, and lets it step. A signal with a handler comes first: the probe has no " +
            "interest in it, the kernel builds a frame, and the handler runs unstepped. It returns into the slot, which may " +
            "be another probe's by then. Either nobody steps the tracee any more, and it runs on behind the copy; or, as " +
            "here, the probe takes the trap at the end of rt_sigreturn() for that of its step, and the instruction is " +
            "never executed.",
        Fix = "A signal that comes during the step is held back, and sent again when the step is done.",
        Switch = "report_signal lets every signal pass that is no trap",
        Guarantee = MuseumLaws.Unnoticed.Name,
        Build = Make,
    };

    private readonly UtraceWorld _world;
    private readonly TaskStruct _task;

    private UprobesSignalCancelsStep(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "uprobes-signal-cancels-step")
    {
        ProbedProgram program = ProbedProgram.X86();
        _world = new UtraceWorld(
            machine,
            UtraceWorld.Named(request.Variant),
            init: false,
            new KernelOptions { Architecture = program.Architecture });
        _task = program.MakeProcess(_world.Kernel);
        _world.Set(_task.Usage, 3);
        var probe = new Probe(machine, holdsBack: !Museum.Exhibit.IsFaulty(request));
        Attach(machine.BootCpu, probe).GetAwaiter().GetResult();
        _world.Kernel.MakeTask("sender", null, cpu => _world.Kernel.SendSignal(cpu, _task, Signals.SIGUSR1));
    }

    private static Action Make(SimMachine machine, WorldRequest request)
        => new UprobesSignalCancelsStep(machine, request).AtEnd;

    private void AtEnd()
    {
        int status = _task.ExitCode.Peek;
        if (status != WaitStatus.Exit(ProbedProgram.ExitCode))
        {
            Machine.Break(MuseumLaws.Unnoticed, FormattableString.Invariant($"the program ends with status 0x{status:x}"));
        }
    }

    private async Op Attach(Cpu cpu, Probe probe)
    {
        UtraceEngine engine = (await _world.Utrace.AttachTask(cpu, _task, AttachFlags.Create, probe, null)).Engine!;
        await _world.Utrace.SetEvents(cpu, _task, engine, UtraceEvents.SignalAll);
        await engine.Put(cpu);
    }

    /// <summary>A probe point: executes what the breakpoint hides out of line, by one step.</summary>
    private sealed class Probe : EngineOps
    {
        private readonly bool _holdsBack;
        private readonly Ghost<bool> _isInSlot;
        private readonly Ghost<int> _heldBack;

        internal Probe(SimMachine machine, bool holdsBack)
            : base(machine, "probe")
        {
            _holdsBack = holdsBack;
            _isInSlot = new Ghost<bool>(this, "in the slot");
            _heldBack = new Ghost<int>(this, "signal held back");
        }

        public override bool HasReportSignal => true;

        public override async Op<Verdict> ReportQuiesce(
            Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
            => await cpu.Load(_isInSlot) ? ResumeAction.SingleStep : ResumeAction.Resume;

        public override async Op<SignalAnswer> ReportSignal(
            Cpu cpu, Verdict action, UtraceEngine engine, SignalReport report)
        {
            RegisterFile regs = cpu.Task().Registers.Get(cpu)!;
            bool isInSlot = await cpu.Load(_isInSlot);
            if (report.Info.Signo == Signals.SIGTRAP)
            {
                return report.Answer(new Verdict(await Trap(cpu, regs, isInSlot), SignalAction.Ignore));
            }

            if (isInSlot && _holdsBack && report.Info.Signo != 0)
            {
                await cpu.Store(_heldBack, report.Info.Signo);
                return report.Answer(new Verdict(ResumeAction.SingleStep, SignalAction.Ignore));
            }

            return report.Answer(action with { Resume = ResumeAction.Resume });
        }

        private async Op<ResumeAction> Trap(Cpu cpu, RegisterFile regs, bool wasInSlot)
        {
            await cpu.Store(_isInSlot, !wasInSlot);
            if (!wasInSlot)
            {
                regs.Set(cpu, X86Registers.Ip, ProbedProgram.Slot);
                return ResumeAction.SingleStep;
            }

            regs.Set(cpu, X86Registers.Ip, ProbedProgram.Probe + ProbedProgram.Length);
            int signal = await cpu.Load(_heldBack);
            if (signal != 0)
            {
                TaskStruct task = cpu.Task();
                await task.Kernel.Send.SendLocking(cpu, signal, default, SignalSource.NoInfo, task, group: false);
            }

            return ResumeAction.Resume;
        }
    }
}
