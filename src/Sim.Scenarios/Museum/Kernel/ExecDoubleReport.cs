using Sim.Kernel;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;
using Sim.Scenarios.Races;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Kernel;

/// <summary>One exec, two reports.</summary>
internal sealed class ExecDoubleReport : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "exec-double-report",
        Title = "an exec through a nested handler is reported twice",
        Group = ExhibitGroup.Kernel,
        Source = "upstream 85f334666a7 (December 2008)",
        Actors = ["tracee"],
        Story = "A program is started through binfmt_misc: the search for a handler finds one that searches again for " +
            "the interpreter. The inner search succeeds and reports the exec; it returns to the outer one, which " +
            "reports it again.",
        Fix = "Only the outermost search reports.",
        Switch = "the exec hook is called at both depths of the search",
        Guarantee = "H3",
        Build = Make,
    };

    private readonly Ghost<int> _reports;

    private ExecDoubleReport(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "exec-double-report")
    {
        _reports = new Ghost<int>(this, "exec callbacks");
        var utrace = new UtraceCore(machine, UtraceWorld.Named(request.Variant));
        var kernel = new LinuxKernel(machine, Museum.Exhibit.IsFaulty(request) ? new AtBothDepths(machine, utrace.Hooks) : utrace.Hooks);
        Cpu boot = machine.BootCpu;
        boot.Current = kernel.MakeTask("boot");
        TaskStruct target = kernel.MakeProcess("target", null, new RoutineProgram(Exec));
        UtraceEngine engine = utrace.AttachTask(boot, target, AttachFlags.Create, new Counts(machine, this), null)
            .GetAwaiter().GetResult().Engine!;
        utrace.SetEvents(boot, target, engine, UtraceEvents.Exec).GetAwaiter().GetResult();
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new ExecDoubleReport(machine, request);
        return null;
    }

    private static async Op<int> Exec(User user)
    {
        await user.Exec(KernelWorld.Exits(0));
        return 1;
    }

    /// <summary>search_binary_handler() called by itself.</summary>
    private sealed class AtBothDepths(SimMachine machine, ITracehook inner) : TracehookDecorator(machine, inner, "nested")
    {
        public override async Op ReportExec(Cpu cpu)
        {
            await base.ReportExec(cpu);
            await base.ReportExec(cpu);
        }
    }

    private sealed class Counts(SimMachine machine, ExecDoubleReport exhibit) : EngineOps(machine, "E0")
    {
        public override async Op<Verdict> ReportExec(Cpu cpu, ResumeAction action, UtraceEngine engine)
        {
            if (await cpu.Rmw(exhibit._reports, RmwKind.Add, 1) != 0)
            {
                Machine.Break(MuseumLaws.ToldOnce, "one exec is reported twice");
            }

            return ResumeAction.Resume;
        }
    }
}
