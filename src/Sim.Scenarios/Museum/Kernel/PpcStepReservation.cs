using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.MachineCode;
using Sim.Scenarios.Races;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Kernel;

/// <summary>A loop that stepping makes endless.</summary>
internal sealed class PpcStepReservation : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "ppc-step-reservation",
        Title = "a program that is stepped through a lock goes round for ever",
        Group = ExhibitGroup.Kernel,
        Source = "the utrace thread of December 2009: the test step-fork calls the kernel itself, since the library's fork() " +
            "goes round for ever under PTRACE_SINGLESTEP on powerpc; why is our explanation",
        Actors = ["stepped task", "child"],
        Story = "fork() of the library takes a lock: it loads the word with a reservation, and stores it on condition " +
            "that the reservation still holds. A trap comes between the two, and a trap takes the reservation away. The " +
            "store fails, the program goes back to the load, and so at every turn. Each step is right, and they lead nowhere.",
        Fix = "None in the kernel: a debugger that knows such a sequence puts a breakpoint behind it and lets it run as a whole.",
        Switch = "the engine steps single instructions of the sequence",
        Guarantee = MuseumLaws.StepsLead.Name,
        Build = Make,
    };

    private PpcStepReservation(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "ppc-step-reservation")
    {
        ForkProgram program = ForkProgram.PowerPc();
        var world = new UtraceWorld(
            machine,
            UtraceWorld.Named(request.Variant),
            init: false,
            new KernelOptions { Architecture = program.Architecture });
        TaskStruct task = program.MakeParent(world.Kernel, raw: false);
        Attach(machine.BootCpu, world.Utrace, task, !Museum.Exhibit.IsFaulty(request)).GetAwaiter().GetResult();
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new PpcStepReservation(machine, request);
        return null;
    }

    private static async Op Attach(Cpu cpu, UtraceCore utrace, TaskStruct task, bool whole)
    {
        var stepper = new Patience(cpu.Machine, new StepperOps(cpu.Machine, whole));
        UtraceEngine engine = (await utrace.AttachTask(cpu, task, AttachFlags.Create, stepper, null)).Engine!;
        await utrace.SetEvents(cpu, task, engine, UtraceEvents.Quiesce | UtraceEvents.SignalAll);
        await utrace.Control(cpu, task, engine, ResumeAction.Report);
        await engine.Put(cpu);
    }

    /// <summary>A stepper that counts.</summary>
    private sealed class Patience : EngineOps
    {
        /// <summary>More than the program has instructions.</summary>
        private const int Most = 32;

        private readonly StepperOps _stepper;
        private readonly Ghost<int> _traps;

        internal Patience(SimMachine machine, StepperOps stepper)
            : base(machine, "patience")
        {
            _stepper = stepper;
            _traps = new Ghost<int>(this, "traps");
        }

        public override bool HasReportSignal => true;

        public override Op<Verdict> ReportQuiesce(
            Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
            => _stepper.ReportQuiesce(cpu, action, engine, during);

        public override async Op<SignalAnswer> ReportSignal(
            Cpu cpu, Verdict action, UtraceEngine engine, SignalReport report)
        {
            if (report.Info.Signo == Signals.SIGTRAP)
            {
                int traps = await cpu.Load(_traps) + 1;
                await cpu.Store(_traps, traps);
                if (traps > Most)
                {
                    Machine.Break(MuseumLaws.StepsLead, $"it goes on after {Most} steps");
                }
            }

            return await _stepper.ReportSignal(cpu, action, engine, report);
        }
    }
}
