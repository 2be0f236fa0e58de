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
    /// <summary>The task is quiescent, before the event's own callback if there is one.</summary>
    /// <param name="cpu">The task's processor.</param>
    /// <param name="action">The strongest action of the engines asked before.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="during">The event being reported; none on the way to user mode.</param>
    public virtual Op<Verdict> ReportQuiesce(
        Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
        => Op<Verdict>.Of(ResumeAction.Resume);

    /// <summary>The task begins to exit.</summary>
    /// <param name="cpu">The task's processor.</param>
    /// <param name="action">The strongest action of the engines asked before.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="code">The exit code.</param>
    public virtual Op<Verdict> ReportExit(Cpu cpu, ResumeAction action, UtraceEngine engine, int code)
        => Op<Verdict>.Of(ResumeAction.Resume);

    /// <summary>The task has died; only DETACH matters in the answer.</summary>
    /// <param name="cpu">The task's processor.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="groupDead">Whether it was the last of its group.</param>
    /// <param name="signal">The signal sent to the parent, or a <see cref="DeathAction"/>.</param>
    public virtual Op<Verdict> ReportDeath(Cpu cpu, UtraceEngine engine, bool groupDead, int signal)
        => Op<Verdict>.Of(ResumeAction.Resume);

    /// <summary>The task is being released: the last word to the engine.</summary>
    /// <param name="cpu">The processor of the releaser, or of the task itself.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="task">The task.</param>
    public virtual Op ReportReap(Cpu cpu, UtraceEngine engine, TaskStruct task) => Op.Done;

    /// <summary>The last reference to the engine is gone.</summary>
    /// <param name="cpu">Whoever dropped it.</param>
    /// <param name="engine">The engine, about to be freed.</param>
    public virtual Op Release(Cpu cpu, UtraceEngine engine) => Op.Done;
}

/// <summary>
/// The vector of an engine that is detached but still linked: wants to be asked once more, and then
/// says that it goes away.
/// </summary>
internal sealed class DetachedOps(SimMachine machine) : EngineOps(machine, "detached")
{
    public override Op<Verdict> ReportQuiesce(
        Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
        => Op<Verdict>.Of(ResumeAction.Detach);
}
