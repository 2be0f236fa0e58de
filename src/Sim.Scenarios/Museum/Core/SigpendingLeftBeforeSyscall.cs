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

/// <summary>A flag without a signal.</summary>
internal sealed class SigpendingLeftBeforeSyscall : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "sigpending-left-before-syscall",
        Title = "TIF_SIGPENDING is left over from a stop, and the system call that follows fails",
        Group = ExhibitGroup.UtraceCore,
        Source = "RHEL 5 before 2.6.18-53 (2007), which recomputes it before the call is made, with a comment on " +
            "ERESTART; the new API does so at the end of utrace_stop()",
        Actors = ["tracee", "tracer"],
        Story = "SIGSTOP has come to the task and set TIF_SIGPENDING. It is stopped at the entry of a system call, and " +
            "SIGCONT takes the SIGSTOP out of the queue and leaves the flag. The task is let go and makes " +
            "the call: the flag is set, so the call does not sleep but answers ERESTARTSYS. There is no signal.",
        Fix = "The flag is recomputed at the end of every stop.",
        Switch = "utrace_stop() does not recompute TIF_SIGPENDING",
        Guarantee = "H2",
        Historic = "sigpending-left-before-syscall",
        Build = Make,
    };

    private readonly BareScene _scene;

    private SigpendingLeftBeforeSyscall(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "sigpending-left-before-syscall")
    {
        _scene = new BareScene(machine, request.Variant);
        int engine = _scene.Attach(new StopsAtEntry(machine), UtraceEvents.SyscallEntry);
        _scene.Send(machine.BootCpu, Signals.SIGSTOP).GetAwaiter().GetResult();
        _scene.Run(Call);
        _scene.Caller("tracer", cpu => Trace(cpu, engine));
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new SigpendingLeftBeforeSyscall(machine, request);
        return null;
    }

    private async Op Call(Cpu cpu)
    {
        TaskStruct task = _scene.Task;
        await _scene.Kernel.Tracehook.ReportSyscallEntry(cpu);
        bool pending = await Scheduling.SignalPending(cpu, task);
        SigSet own = await cpu.ReadOnce(task.Pending.Signal);
        SigSet shared = await cpu.ReadOnce(task.Signal.SharedPending.Signal);
        if (pending && own == SigSet.Empty && shared == SigSet.Empty)
        {
            Machine.Break(MuseumLaws.NoEmptySignal, "a system call that would sleep now answers ERESTARTSYS");
        }

        await cpu.End();
    }

    private async Op Trace(Cpu cpu, int engine)
    {
        if (await _scene.AwaitStop(cpu))
        {
            await _scene.Send(cpu, Signals.SIGCONT);
            await _scene.Control(cpu, engine, ResumeAction.Resume);
        }
    }

    private sealed class StopsAtEntry(SimMachine machine) : EngineOps(machine, "E0")
    {
        public override Op<Verdict> ReportSyscallEntry(Cpu cpu, Verdict action, UtraceEngine engine)
            => Op<Verdict>.Of(action with { Resume = ResumeAction.Stop });
    }
}
