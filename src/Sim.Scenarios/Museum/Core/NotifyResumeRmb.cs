using Sim.Kernel;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>A flag cleared too late.</summary>
internal sealed class NotifyResumeRmb : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "notify-resume-rmb",
        Title = "a read barrier where a full one is needed: clear TIF_NOTIFY_RESUME, then read what is asked for",
        Group = ExhibitGroup.UtraceCore,
        Source = "the posting of 2009-11-24 has a read barrier; Peter Zijlstra asked, Oleg Nesterov explained on " +
            "linux-kernel; a full barrier with a comment in the trees up to 2.6.37",
        Actors = ["tracee", "tracer"],
        Story = "TIF_NOTIFY_RESUME is left over from a request that an event report has served already. On its way to " +
            "user mode the task clears it, by a store that waits in its buffer, reads resume, and has nothing to " +
            "do. A tracer stores its request and finds the flag set: no need to kick. The store comes out of the " +
            "buffer and takes the flag away. The task is in user mode, and no callback comes.",
        Fix = "A full barrier between clearing the flag and reading.",
        Switch = "the flag is cleared by a plain store, and the barrier after it is taken away",
        Guarantee = "STUCK",
        Memory = MemoryModel.Tso,
        Without = [UtraceSites.NotifyResume.Read, KernelSites.ClearThreadFlag],
        Build = Make,
    };

    private readonly BareScene _scene;
    private readonly Ghost<int> _reports;
    private readonly Ghost<bool> _asked;

    private NotifyResumeRmb(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "notify-resume-rmb")
    {
        _reports = new Ghost<int>(this, "reports");
        _asked = new Ghost<bool>(this, "tracer about to ask");
        _scene = new BareScene(machine, request.Variant);
        int engine = _scene.Attach(new Counts(machine, this), UtraceEvents.Quiesce | UtraceEvents.SyscallExit);
        _scene.Ask(engine, ResumeAction.Report);
        _scene.Run(Loop);
        _scene.Caller("tracer", cpu => Ask(cpu, engine));
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new NotifyResumeRmb(machine, request);
        return null;
    }

    /// <summary>An event report serves the first request; the second is the tracer's.</summary>
    private async Op Loop(Cpu cpu)
    {
        await _scene.Kernel.Tracehook.ReportSyscallExit(cpu);
        while (await cpu.Load(_reports) == 0)
        {
            await _scene.Kernel.ReturnWork.RunUntilInterrupt(cpu);
        }

        await cpu.End();
    }

    private async Op Ask(Cpu cpu, int engine)
    {
        await cpu.Store(_asked, true);
        await _scene.Control(cpu, engine, ResumeAction.Report);
    }

    /// <summary>Counts the reports since the tracer is about to ask.</summary>
    private sealed class Counts(SimMachine machine, NotifyResumeRmb exhibit) : EngineOps(machine, "E0")
    {
        public override async Op<Verdict> ReportQuiesce(
            Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
        {
            if (await cpu.Load(exhibit._asked))
            {
                await cpu.Store(exhibit._reports, 1);
            }

            return ResumeAction.Resume;
        }
    }
}
