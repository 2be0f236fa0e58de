using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.Control;
using Sim.Utrace.Reporting;
using Sim.Utrace.State;

namespace Sim.Utrace.Variants;

/// <summary>
/// A version of the algorithm. The core calls it where versions differ; what is not overridden is variant B,
/// the reference. Source: spec section 7.
/// </summary>
/// <param name="name">As given to <c>--variant</c>.</param>
/// <param name="summary">One line.</param>
[Immutable]
public abstract class UtraceVariant(string name, string summary)
{
    /// <summary>The autumn tree of 2009.</summary>
    public static UtraceVariant A { get; } = new VariantA();

    /// <summary>The posting of 2009-11-24.</summary>
    public static UtraceVariant P { get; } = new VariantP();

    /// <summary>API version 20091216.</summary>
    public static UtraceVariant B { get; } = new VariantB();

    /// <summary>The tree of mid-2010.</summary>
    public static UtraceVariant C { get; } = new VariantC();

    /// <summary>The tree of 2011.</summary>
    public static UtraceVariant D { get; } = new VariantD();

    /// <summary>Our own: B with the smallest changes that keep every guarantee.</summary>
    public static UtraceVariant Fixed { get; } = new VariantFixed();

    /// <summary>All variants, oldest first.</summary>
    public static IReadOnlyList<UtraceVariant> All { get; } = [A, P, B, C, D, Fixed];

    /// <summary>As given to <c>--variant</c>.</summary>
    public string Name { get; } = name;

    /// <summary>One line.</summary>
    public string Summary { get; } = summary;

    /// <summary>Whether the death report begins with a full fence (M6).</summary>
    internal virtual bool FencesDeathReport => false;

    /// <summary>The barrier between clearing TIF_NOTIFY_RESUME and reading the requests (M7).</summary>
    internal virtual FenceKind NotifyResumeFence => FenceKind.Full;

    /// <summary>Whether calls on an engine fail once its task is being released.</summary>
    /// <param name="attached">Whether the call is for attached engines alone; utrace_barrier() is not.</param>
    internal virtual bool RefusesReaped(bool attached) => false;

    /// <summary>Whether an attach fails once its task is being released, whatever utrace_flags says.</summary>
    internal virtual bool RefusesAttachToReaped => false;

    /// <summary>Whether a request to step acts on the stopped task at once.</summary>
    internal virtual bool StepsAtOnce => false;

    /// <summary>Whether an engine that answers DETACH is marked under utrace->lock.</summary>
    internal virtual bool LocksDetachByAnswer => true;

    /// <summary>Whether the entry of a system call is reported again when a request came during a stop there.</summary>
    internal virtual bool RepeatsSyscallEntry => true;

    /// <summary>Whether a task that stops for tracing counts as stopped for a group stop in progress.</summary>
    internal virtual bool CountsGroupStops => true;

    /// <summary>Whether job control is reported.</summary>
    internal virtual bool ReportsJctl => true;

    /// <summary>Whether a signal report counts an engine that holds a stop and is not asked, as every other report does.</summary>
    internal virtual bool StopsStickInSignals => false;

    /// <summary>
    /// Whether the vector of an engine that a controller has detached answers for the event too, and so replaces what the
    /// engine before wanted of the signal or the system call.
    /// </summary>
    internal virtual bool CountsBitsOfDetached => true;

    /// <summary>What makes the parent of a vfork look whether it is to stop before it waits for the child.</summary>
    internal virtual UtraceEvents StopsVfork => UtraceEvents.Clone;

    /// <summary>Whether SIGKILL keeps the current task from going to sleep in utrace_stop(), or has woken it there.</summary>
    /// <remarks>Locks: siglock before the stop, none after it.</remarks>
    internal virtual Op<bool> IsKilled(Cpu cpu, TaskStruct task) => Scheduling.FatalSignalPending(cpu, task);

    /// <summary>Whether an engine holds the current task, as utrace_stop() sees it.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    internal virtual Op<bool> IsHeld(Cpu cpu, TaskStruct task, UtraceStruct utrace) => Stopping.UnionHolds(cpu, task);

    /// <summary>What makes utrace_resume() ask the engines when a report was requested.</summary>
    internal virtual UtraceEvents WalksForResume => UtraceEvents.Quiesce;

    /// <summary>Whether control tests that the engine wants QUIESCE only after it knows that the engine is attached.</summary>
    internal virtual bool TestsQuiesceUnderLock => false;

    /// <summary>How set_events tests whether it comes in time.</summary>
    internal virtual EventAdmission Admission { get; } = new TestThenInterlock();

    /// <summary>How a task goes on after the last stop.</summary>
    internal virtual Waking Waking { get; } = new WakingIntoGroupStop();

    /// <summary>What an attacher waits for before it links the engine.</summary>
    /// <returns>None; or ERESTARTNOINTR when a signal ended the wait.</returns>
    internal virtual Op<Errno> BeforeAttach(Cpu cpu, TaskStruct target) => Op<Errno>.Of(Errno.None);

    /// <summary>Turns hardware stepping of a stopped task on or off at once.</summary>
    /// <param name="cpu">The controller's processor.</param>
    /// <param name="target">The task.</param>
    /// <param name="action">SINGLESTEP, BLOCKSTEP, or RESUME for neither.</param>
    /// <param name="stopped">Whether the task is stopped for tracing.</param>
    internal virtual Op<Errno> StepAtOnce(Cpu cpu, TaskStruct target, ResumeAction action, bool stopped)
        => Op<Errno>.Of(Errno.None);

    /// <summary>What becomes of the stop that an engine held when it is detached.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    internal virtual Op DropStopOfDetached(Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEngine engine)
        => StopUnion.Clear(cpu, target);

    /// <summary>Which events of its engines utrace_reset() leaves in utrace_flags of a dead task.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    internal virtual UtraceEvents WantedOfDead(Cpu cpu, UtraceStruct utrace) => UtraceEvents.Reap;

    /// <summary>Whether the releaser leaves the teardown to the dying task even if utrace_flags does not say so.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    internal virtual bool DefersReap(Cpu cpu, UtraceStruct utrace) => false;

    /// <summary>Whether a call on an engine fails for another task than the engine's own.</summary>
    internal virtual bool ComparesTask => false;

    /// <summary>What the dying task does after it has torn the engines down in place of the releaser, before it is gone.</summary>
    /// <remarks>Context: current, dead; may sleep. Locks: none.</remarks>
    internal virtual Op AfterOwnTeardown(Cpu cpu, TaskStruct task) => Op.Done;

    /// <summary>Makes the vector of engines that are detached and still linked.</summary>
    internal virtual DetachedOps MakeDetached(SimMachine machine) => new(machine);

    /// <summary>mark_engine_detached(): control(DETACH) makes the engine one that is asked once more and goes away.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    internal virtual async Op MarkDetached(Cpu cpu, UtraceEngine engine, EngineOps detached)
    {
        if (cpu.Makes(UtraceSites.Checks.MarkDetached))
        {
            await cpu.WriteOnce(engine.Ops, detached);
        }

        await cpu.SmpWmb(UtraceSites.DetachPublish.Mark); // M4
        await cpu.WriteOnce(engine.Flags, UtraceEvents.Quiesce);
    }

    /// <summary>What an attacher does once the engine is linked.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    internal virtual Op AfterAttach(Cpu cpu, TaskStruct target, UtraceStruct utrace) => Op.Done;

    /// <summary>What an attacher does when it sees that the task is being released: whether it tries again.</summary>
    /// <remarks>Locks: none.</remarks>
    internal virtual Op<bool> RetriesAttach(Cpu cpu, TaskStruct target) => Op<bool>.Of(false);

    /// <summary>Whether a control that does something may touch the engines itself: the task is stopped for tracing.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    internal virtual Op<bool> IsQuiescent(
        Cpu cpu, TaskStruct target, UtraceStruct utrace, UtraceEngine engine, ResumeAction action)
        => Stopping.IsTraced(cpu, target);

    /// <summary>A stop is wanted of a task that job control may have stopped: turns it into one stopped for tracing.</summary>
    /// <remarks>Locks: utrace->lock; takes siglock. Returns: whether job control had stopped it.</remarks>
    internal virtual Op<bool> TakeOver(Cpu cpu, TaskStruct target, UtraceStruct utrace) => Stopping.TakeOver(cpu, target);

    /// <summary>Whether the task is stopped, as the answer of a request to stop says.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    internal virtual Op<bool> IsStopped(Cpu cpu, TaskStruct target, UtraceStruct utrace) => Stopping.IsTraced(cpu, target);

    /// <summary>Whether an action asks for more than another, so that it is the one that is done.</summary>
    internal virtual bool Outranks(ResumeAction action, ResumeAction other) => action < other;

    /// <summary>Whether the dying task says that its death is being reported.</summary>
    internal virtual bool MarksDeathReport => true;

    /// <summary>Whether utrace_reset() clears utrace_flags and drops the lock inside an RCU read section (M8).</summary>
    internal virtual bool ResetsInReadSection => true;

    /// <summary>Whether utrace_reset() ends stepping when it wakes a task that is to run on.</summary>
    internal virtual bool ResetEndsStepping => true;

    /// <summary>How the engines of a released task are told and torn down.</summary>
    internal virtual Teardown Teardown { get; } = new TeardownOfOwnList();

    /// <summary>Whether a task looks again whether a signal is pending when its stop is over.</summary>
    internal virtual bool RecalculatesAfterStop => true;

    /// <summary>Whether a task that was killed in its stop waits while somebody works on it (utrace_freeze_stop).</summary>
    internal virtual bool HonoursFreeze => true;

    /// <summary>Whether a killed task takes utrace->lock after its stop; else it watches the lock until it is free.</summary>
    internal virtual bool LocksAfterStop => false;

    /// <summary>A task that stops for tracing counts as stopped for a group stop in progress.</summary>
    /// <remarks>Locks: siglock.</remarks>
    internal virtual async Op CountStopped(Cpu cpu, SignalStruct shared) => await GroupStop.CountStopped(cpu, shared);

    /// <summary>Whether finish_report() still has to lower <c>resume</c> once it holds the lock.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    internal virtual Op<bool> StillStronger(Cpu cpu, UtraceStruct utrace, ResumeAction resume) => Op<bool>.Of(true);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
