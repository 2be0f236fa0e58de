using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Tracehook;

/// <summary>What becomes of a task that dies, as the death hook decides it.</summary>
/// <remarks>A value of 0 or more is the signal to send the parent. Source: spec section 2.5.</remarks>
public static class DeathAction
{
    /// <summary>DEATH_REAP: nobody will wait; the task releases itself.</summary>
    public const int Reap = -1;

    /// <summary>DEATH_DELAYED_GROUP_LEADER: the parent is told when the last thread is gone.</summary>
    public const int DelayedGroupLeader = -2;
}

/// <summary>
/// The only door between the core kernel and tracing. The kernel calls these hooks at fixed places
/// and knows nothing else about tracing; whoever changes exit code reads only this. Each member says
/// where it is called, what holds there, and what its answer means. Source: spec sections 4.3, 4.7,
/// <c>include/linux/tracehook.h</c>.
/// </summary>
public interface ITracehook
{
    /// <summary>A task begins to exit: tracehook_report_exit().</summary>
    /// <remarks>
    /// Context: current, first thing in do_exit(); nothing is torn down yet; may sleep.
    /// Locks:   none.
    /// Returns: the exit code to use, possibly changed by a tracer.
    /// Linux:   kernel/exit.c do_exit().
    /// </remarks>
    Op<int> ReportExit(Cpu cpu, int exitCode);

    /// <summary>Decides who is told of a death: tracehook_notify_death().</summary>
    /// <remarks>
    /// Context: current, in exit_notify(); exit_state is still zero.
    /// Locks:   tasklist_lock for writing.
    /// Returns: a signal for the parent, <see cref="DeathAction.Reap"/> or
    ///          <see cref="DeathAction.DelayedGroupLeader"/>.
    /// Linux:   kernel/exit.c exit_notify().
    /// </remarks>
    int NotifyDeath(Cpu cpu, TaskStruct task, bool groupDead);

    /// <summary>A task has died: tracehook_report_death().</summary>
    /// <remarks>
    /// Context: current, in exit_notify(); exit_state is set, and unless <paramref name="signal"/> is
    ///          <see cref="DeathAction.Reap"/> the parent may already be releasing the task; may sleep.
    /// Locks:   none.
    /// Linux:   kernel/exit.c exit_notify().
    /// </remarks>
    Op ReportDeath(Cpu cpu, TaskStruct task, int signal, bool groupDead);

    /// <summary>A dead task is about to be released: tracehook_prepare_release_task().</summary>
    /// <remarks>
    /// Context: any task, first thing in release_task(); the caller has set EXIT_DEAD; may sleep, but
    ///          the parent of the task waits for it.
    /// Locks:   none.
    /// Linux:   kernel/exit.c release_task().
    /// </remarks>
    Op PrepareReleaseTask(Cpu cpu, TaskStruct task);

    /// <summary>The task leaves the task list: tracehook_finish_release_task().</summary>
    /// <remarks>
    /// Context: as <see cref="PrepareReleaseTask"/>; must not sleep.
    /// Locks:   tasklist_lock for writing.
    /// Linux:   kernel/exit.c release_task().
    /// </remarks>
    Op FinishReleaseTask(Cpu cpu, TaskStruct task);

    /// <summary>A task with TIF_NOTIFY_RESUME returns to user mode: tracehook_notify_resume().</summary>
    /// <remarks>
    /// Context: current; the architecture has just cleared TIF_NOTIFY_RESUME; may sleep.
    /// Locks:   none.
    /// Linux:   arch/x86/kernel/signal.c do_notify_resume().
    /// </remarks>
    Op NotifyResume(Cpu cpu);

    /// <summary>The task's memory is given back: tracehook_free_task().</summary>
    /// <remarks>
    /// Context: whoever dropped the last reference; must not sleep.
    /// Locks:   none.
    /// Linux:   kernel/fork.c free_task().
    /// </remarks>
    Op FreeTask(Cpu cpu, TaskStruct task);
}

/// <summary>A kernel without tracing.</summary>
[Immutable]
public sealed class NoTracing : ITracehook
{
    /// <inheritdoc/>
    public Op<int> ReportExit(Cpu cpu, int exitCode) => Op<int>.Of(exitCode);

    /// <inheritdoc/>
    public int NotifyDeath(Cpu cpu, TaskStruct task, bool groupDead) => task.ExitSignal.Get(cpu);

    /// <inheritdoc/>
    public Op ReportDeath(Cpu cpu, TaskStruct task, int signal, bool groupDead) => Op.Done;

    /// <inheritdoc/>
    public Op PrepareReleaseTask(Cpu cpu, TaskStruct task) => Op.Done;

    /// <inheritdoc/>
    public Op FinishReleaseTask(Cpu cpu, TaskStruct task) => Op.Done;

    /// <inheritdoc/>
    public Op NotifyResume(Cpu cpu) => Op.Done;

    /// <inheritdoc/>
    public Op FreeTask(Cpu cpu, TaskStruct task) => Op.Done;
}
