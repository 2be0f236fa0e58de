using Sim.Kernel.Abi;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Tracehook;

/// <summary>
/// The only door between the core kernel and tracing. The kernel calls these hooks at fixed places
/// and knows nothing else about tracing; whoever changes exit code reads only this. Each member says
/// where it is called, what holds there, and what its answer means. Source: spec sections 4.3, 4.7,
/// <c>include/linux/tracehook.h</c>.
/// </summary>
public interface ITracehook
{
    /// <summary>A task is about to fork: tracehook_prepare_clone().</summary>
    /// <remarks>
    /// Context: current, in do_fork(), before anything is made; may sleep.
    /// Locks:   none.
    /// Returns: whether the clone is of interest; handed to <see cref="ReportCloneComplete"/>.
    /// Linux:   kernel/fork.c do_fork().
    /// </remarks>
    Op<bool> PrepareClone(Cpu cpu, CloneFlags flags);

    /// <summary>A child enters the task list: tracehook_finish_clone().</summary>
    /// <remarks>
    /// Context: the parent, in copy_process(); nobody else can see the child yet; must not sleep.
    /// Locks:   tasklist_lock for writing, siglock.
    /// Linux:   kernel/fork.c copy_process().
    /// </remarks>
    Op FinishClone(Cpu cpu, TaskStruct child, CloneFlags flags);

    /// <summary>A child exists and cannot run yet: tracehook_report_clone().</summary>
    /// <remarks>
    /// Context: the parent, in do_fork(); the child has PF_STARTING and is woken only after this returns;
    ///          may sleep.
    /// Locks:   none.
    /// Linux:   kernel/fork.c do_fork().
    /// </remarks>
    Op ReportClone(Cpu cpu, CloneFlags flags, int pid, TaskStruct child);

    /// <summary>The child runs: tracehook_report_clone_complete().</summary>
    /// <remarks>
    /// Context: the parent, in do_fork(), before it waits for a vfork child; the child may be gone already;
    ///          may sleep.
    /// Locks:   none.
    /// Linux:   kernel/fork.c do_fork().
    /// </remarks>
    Op ReportCloneComplete(Cpu cpu, bool traced, CloneFlags flags, int pid);

    /// <summary>The vfork child has given its memory up: tracehook_report_vfork_done().</summary>
    /// <remarks>
    /// Context: the parent, last in do_fork(); may sleep.
    /// Locks:   none.
    /// Linux:   kernel/fork.c do_fork().
    /// </remarks>
    Op ReportVforkDone(Cpu cpu, int pid);

    /// <summary>A task runs another program now: tracehook_report_exec().</summary>
    /// <remarks>
    /// Context: current, after a loader succeeded, before the new program's first instruction; may sleep.
    /// Locks:   none.
    /// Linux:   fs/exec.c search_binary_handler().
    /// </remarks>
    Op ReportExec(Cpu cpu);

    /// <summary>A system call begins: tracehook_report_syscall_entry().</summary>
    /// <remarks>
    /// Context: current, on the slow path that TIF_SYSCALL_TRACE asks for; may sleep.
    /// Locks:   none.
    /// Returns: whether the call must not run.
    /// Linux:   arch/x86/kernel/ptrace.c syscall_trace_enter().
    /// </remarks>
    Op<bool> ReportSyscallEntry(Cpu cpu);

    /// <summary>A system call ends: tracehook_report_syscall_exit().</summary>
    /// <remarks>
    /// Context: current, on the slow path, before signals are looked at; may sleep.
    /// Locks:   none.
    /// Linux:   arch/x86/kernel/ptrace.c syscall_trace_leave().
    /// </remarks>
    Op ReportSyscallExit(Cpu cpu);

    /// <summary>A signal is sent that the target ignores: tracehook_consider_ignored_signal().</summary>
    /// <remarks>
    /// Context: the sender; must not sleep.
    /// Locks:   siglock of the target.
    /// Returns: whether the signal is to be queued all the same, since someone wants to see it.
    /// Linux:   kernel/signal.c sig_ignored().
    /// </remarks>
    Op<bool> ConsiderIgnoredSignal(Cpu cpu, TaskStruct task, int signal);

    /// <summary>A signal is sent that would kill the group at once: tracehook_consider_fatal_signal().</summary>
    /// <remarks>
    /// Context: the sender; must not sleep.
    /// Locks:   siglock of the target.
    /// Returns: whether the signal must be taken by the target itself, since someone may change it.
    /// Linux:   kernel/signal.c complete_signal().
    /// </remarks>
    Op<bool> ConsiderFatalSignal(Cpu cpu, TaskStruct task, int signal);

    /// <summary>Whether TIF_SIGPENDING must stay on: tracehook_force_sigpending().</summary>
    /// <remarks>
    /// Context: current, in recalc_sigpending(); must not sleep.
    /// Locks:   siglock.
    /// Linux:   kernel/signal.c recalc_sigpending().
    /// </remarks>
    Op<bool> ForceSigpending(Cpu cpu);

    /// <summary>A task looks for a signal to take: tracehook_get_signal().</summary>
    /// <remarks>
    /// Context: current, at the top of the loop of get_signal_to_deliver(); may sleep if it drops siglock.
    /// Locks:   siglock; released if and only if the answer is less than 0.
    /// Returns: see <see cref="SignalVerdict"/>.
    /// Linux:   kernel/signal.c get_signal_to_deliver().
    /// </remarks>
    Op<SignalVerdict> GetSignal(Cpu cpu, SighandStruct sighand);

    /// <summary>A frame for a handler has been built: tracehook_signal_handler().</summary>
    /// <remarks>
    /// Context: current, in handle_signal(); the registers are those of the handler's first instruction;
    ///          may sleep.
    /// Locks:   none.
    /// Linux:   arch/x86/kernel/signal.c handle_signal().
    /// </remarks>
    Op SignalHandler(Cpu cpu, int signal, SigInfo info);

    /// <summary>A group stops or goes on: tracehook_notify_jctl().</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="sighand">The task's handlers.</param>
    /// <param name="notify">CLD_STOPPED or CLD_CONTINUED when the parent is to be told by this thread; else 0.</param>
    /// <param name="why">CLD_STOPPED or CLD_CONTINUED.</param>
    /// <remarks>
    /// Context: current: about to stop, back from a stop, or exiting while others stop; may sleep.
    /// Locks:   siglock on entry and on return; may be dropped and taken again in between.
    /// Returns: what the parent is told, or 0.
    /// Linux:   kernel/signal.c do_signal_stop(), get_signal_to_deliver(), exit_signals().
    /// </remarks>
    Op<int> NotifyJctl(Cpu cpu, SighandStruct sighand, int notify, int why);

    /// <summary>A task has been woken from a group stop: tracehook_finish_jctl().</summary>
    /// <remarks>
    /// Context: current, in do_signal_stop(), before it looks at anything; may sleep.
    /// Locks:   none.
    /// Linux:   kernel/signal.c do_signal_stop().
    /// </remarks>
    Op FinishJctl(Cpu cpu);

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
