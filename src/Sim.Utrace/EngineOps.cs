using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Utrace;

/// <summary>
/// The callbacks of a kind of engine: utrace_engine_ops. Derive from it and override what is wanted;
/// which callbacks are made is decided by the events set, not by what is overridden. Every callback
/// but <see cref="ReportReap"/> runs on the traced task itself, with no lock held, and may sleep.
/// Source: spec section 2.6.
/// </summary>
public abstract class EngineOps(SimMachine machine, string label) : MachineObject(machine, "ops", label)
{
    /// <summary>
    /// Whether <see cref="ReportSignal"/> is provided. Where it is not, signals are reported to
    /// <see cref="ReportQuiesce"/>.
    /// </summary>
    public virtual bool HasReportSignal => false;

    /// <summary>report_quiesce: the task is quiescent, before the event's own callback if there is one.</summary>
    /// <param name="cpu">The task's processor.</param>
    /// <param name="action">The strongest action of the engines asked before.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="during">The event being reported; none on the way to user mode.</param>
    public virtual Op<Verdict> ReportQuiesce(
        Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
        => Op<Verdict>.Of(ResumeAction.Resume);

    /// <summary>report_signal: a signal was taken, or a report without one was asked for.</summary>
    /// <param name="cpu">The task's processor.</param>
    /// <param name="action">The strongest action, and what the engine before this one wants of the signal.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="report">The signal and what will be done with it.</param>
    /// <returns>INTERRUPT and REPORT count as RESUME.</returns>
    public virtual Op<SignalAnswer> ReportSignal(
        Cpu cpu, Verdict action, UtraceEngine engine, SignalReport report)
        => Op<SignalAnswer>.Of(report.Answer(action with { Resume = ResumeAction.Resume }));

    /// <summary>report_clone: the task has made a child, which cannot run before all engines have answered.</summary>
    /// <param name="cpu">The parent's processor.</param>
    /// <param name="action">The strongest action of the engines asked before.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="flags">How the child was made.</param>
    /// <param name="child">The child; valid until the callback returns.</param>
    /// <returns>STOP holds a parent in vfork before it waits for the child.</returns>
    public virtual Op<Verdict> ReportClone(
        Cpu cpu, ResumeAction action, UtraceEngine engine, CloneFlags flags, TaskStruct child)
        => Op<Verdict>.Of(ResumeAction.Resume);

    /// <summary>report_jctl: the group stops or goes on.</summary>
    /// <param name="cpu">The task's processor.</param>
    /// <param name="action">The strongest action of the engines asked before.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="type">CLD_STOPPED or CLD_CONTINUED.</param>
    /// <param name="notify">What the parent is going to be told, or 0.</param>
    public virtual Op<Verdict> ReportJctl(
        Cpu cpu, ResumeAction action, UtraceEngine engine, int type, int notify)
        => Op<Verdict>.Of(ResumeAction.Resume);

    /// <summary>report_exec: the task runs another program now.</summary>
    /// <param name="cpu">The task's processor.</param>
    /// <param name="action">The strongest action of the engines asked before.</param>
    /// <param name="engine">The engine.</param>
    public virtual Op<Verdict> ReportExec(Cpu cpu, ResumeAction action, UtraceEngine engine)
        => Op<Verdict>.Of(ResumeAction.Resume);

    /// <summary>report_syscall_entry: a system call is about to be made; engines are asked in reverse order.</summary>
    /// <param name="cpu">The task's processor.</param>
    /// <param name="action">
    /// The strongest action, whether the engine before this one wants the call aborted, and whether this is a
    /// repeated report.
    /// </param>
    /// <param name="engine">The engine.</param>
    public virtual Op<Verdict> ReportSyscallEntry(Cpu cpu, Verdict action, UtraceEngine engine)
        => Op<Verdict>.Of(action with { Resume = ResumeAction.Resume });

    /// <summary>report_syscall_exit: a system call has been made or aborted.</summary>
    /// <param name="cpu">The task's processor.</param>
    /// <param name="action">The strongest action of the engines asked before.</param>
    /// <param name="engine">The engine.</param>
    public virtual Op<Verdict> ReportSyscallExit(Cpu cpu, ResumeAction action, UtraceEngine engine)
        => Op<Verdict>.Of(ResumeAction.Resume);

    /// <summary>report_exit: the task begins to exit; nothing is torn down yet.</summary>
    /// <param name="cpu">The task's processor.</param>
    /// <param name="action">The strongest action of the engines asked before.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="original">The exit code that the task asked for.</param>
    /// <param name="code">The exit code that it gets; may be changed.</param>
    /// <returns>STOP holds the task before it gives anything up.</returns>
    public virtual Op<Verdict> ReportExit(
        Cpu cpu, ResumeAction action, UtraceEngine engine, int original, Guarded<int> code)
        => Op<Verdict>.Of(ResumeAction.Resume);

    /// <summary>report_death: the task has died; only DETACH matters in the answer.</summary>
    /// <param name="cpu">The task's processor.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="groupDead">Whether it was the last of its group.</param>
    /// <param name="signal">The signal sent to the parent, or a <see cref="DeathAction"/>.</param>
    public virtual Op<Verdict> ReportDeath(Cpu cpu, UtraceEngine engine, bool groupDead, int signal)
        => Op<Verdict>.Of(ResumeAction.Resume);

    /// <summary>report_reap: the task is being released; the last word to the engine.</summary>
    /// <param name="cpu">The processor of the releaser, or of the task itself.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="task">The task.</param>
    public virtual Op ReportReap(Cpu cpu, UtraceEngine engine, TaskStruct task) => Op.Done;

    /// <summary>release: the last reference to the engine is gone.</summary>
    /// <param name="cpu">Whoever dropped it.</param>
    /// <param name="engine">The engine, about to be freed.</param>
    public virtual Op Release(Cpu cpu, UtraceEngine engine) => Op.Done;
}
