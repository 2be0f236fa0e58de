namespace Sim.Scenarios.Museum;

/// <summary>What is known and cannot be shown yet.</summary>
internal static class AbsentExhibits
{
    /// <summary>All of them.</summary>
    internal static IReadOnlyList<AbsentExhibit> All { get; } =
    [
        new("ptrace-state-stale-task", "RCU reader of the tracer's list finds a state whose task is already freed", ExhibitGroup.PtraceOverUtrace),
        new("ptrace-setup-publish-early", "engine->data published before the engine is known to live", ExhibitGroup.PtraceOverUtrace),
        new("traceme-vs-parent-exit", "PTRACE_TRACEME attaches to a parent that has already detached everybody", ExhibitGroup.PtraceOverUtrace),
        new("ptrace-wait-stale-stop", "wait() reports a job-control stop that SIGCONT has already ended", ExhibitGroup.PtraceOverUtrace),
        new("exit-ptrace-vs-report-signal", "tracer exits while the tracee is entering signal-delivery-stop", ExhibitGroup.PtraceOverUtrace),
        new("ptrace-detached-mark", "\"engine is detaching itself\" inferred from a field with another meaning", ExhibitGroup.PtraceOverUtrace),
        new("ptrace-reuse-barrier-eintr", "attach fails half-way because utrace_barrier was interrupted by a signal of the attacher", ExhibitGroup.PtraceOverUtrace),
        new("tracee-writes-resume", "tracee clears ctx->resume and overwrites the tracer's DETACH/step order", ExhibitGroup.PtraceOverUtrace),
        new("tif-syscall-trace-shared", "one TIF bit, two owners: utrace and ptrace clear each other's syscall tracing", ExhibitGroup.PtraceOverUtrace),
        new("detach-unconditional-wake", "PTRACE_DETACH/RESUME wakes a task whatever it sleeps in", ExhibitGroup.Kernel),
        new("detach-zombie-leak", "tracee dies just before PTRACE_DETACH: nobody notifies the real parent", ExhibitGroup.Kernel),
        new("ptrace-stop-state-late", "aborted ptrace_stop leaves TRACED visible to a new tracer", ExhibitGroup.Kernel),
        new("ptrace-stop-nostop-code", "signal cancelled by the tracer is delivered after all", ExhibitGroup.Kernel),
        new("wait-zombie-vs-untrace", "waiter holds a zombie in DEAD while the tracer thread untraces it", ExhibitGroup.Kernel),
        new("exit-trace-transition", "temporary DEAD state of a traced zombie is seen by others", ExhibitGroup.Kernel),
        new("wait-no-wake-or-echild", "waiters not told that the last candidate vanished, or told too early", ExhibitGroup.Kernel),
        new("zap-threads-unlink", "core dump unlinks a ptracee while its tracer waits for tasklist_lock in detach", ExhibitGroup.Kernel),
        new("attach-check-then-link", "attach marks under one lock and links under another", ExhibitGroup.Kernel),
        new("clone-trace-stale", "decision \"child is traced\" taken before, used after tasklist_lock was dropped", ExhibitGroup.Kernel),
        new("freezer-vs-traced", "freezer counts a TRACED task as frozen while it is about to run", ExhibitGroup.Kernel,
            "there is no freezer here: it needs freeze_task() and a try_to_freeze() in the signal path and behind every stop, for this entry alone"),
        new("ptrace-state-uaf", "ptrace_state freed while sys_ptrace still uses it", ExhibitGroup.PtraceOverUtrace),
        new("ptrace-bug-on-ealready", "BUG() because a killed tracee returns a second legal error code", ExhibitGroup.PtraceOverUtrace),
        new("ptrace-wait-lost-stop", "wait() swallows exit_code when it decides not to report", ExhibitGroup.PtraceOverUtrace),
        new("ptrace-wait-quiesce-spin", "tracer spins in yield() for a tracee that will never quiesce", ExhibitGroup.PtraceOverUtrace),
        new("resume-vs-wait-stopped", "ptrace_resume writes exit_code and wakes without siglock", ExhibitGroup.Kernel),
    ];
}
