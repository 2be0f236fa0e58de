using Sim.Machine.Memory;

namespace Sim.Utrace;

/// <summary>
/// Every place in utrace that orders something, in pairs: "pairs with" is the other member of the
/// nested class. Rows: spec section 6.
/// </summary>
public static class UtraceSites
{
    /// <summary>M1: an engine that attaches against the release of its task.</summary>
    public static class AttachVsRelease
    {
        /// <summary>The attacher: utrace_flags=REAP before it reads exit_state.</summary>
        public static readonly Site Attach = Fence(
            "AttachVsRelease.Attach", "M1", "attach: utrace_flags=REAP before exit_state is read");

        /// <summary>The releaser: exit_state=DEAD before it reads utrace_flags.</summary>
        public static readonly Site Release = Fence(
            "AttachVsRelease.Release", "M1", "release_task: exit_state=DEAD before utrace_flags is read");
    }

    /// <summary>M2: the pointer to struct utrace against what it points at.</summary>
    public static class PublishStruct
    {
        /// <summary>The fields are initialised before the pointer is stored.</summary>
        public static readonly Site Init = Fence(
            "PublishStruct.Init", "M2", "struct utrace is initialised before task->utrace is stored");

        /// <summary>The pointer is loaded before what it points at.</summary>
        public static readonly Site Deref = Fence(
            "PublishStruct.Deref", "M2", "task->utrace is loaded before what it points at");

        /// <summary>In variant fixed: whoever sees the flag of an attacher sees the pointer that the attacher saw.</summary>
        public static readonly Site Attach = Fence(
            "PublishStruct.Attach", "M3", "attach in variant fixed: task->utrace is loaded before utrace_flags is set, for everybody");
    }

    /// <summary>M3: utrace_flags seen set means that the pointer is seen too.</summary>
    public static class PointerBeforeFlags
    {
        /// <summary>utrace_flags is loaded before the pointer.</summary>
        public static readonly Site Load = Fence(
            "PointerBeforeFlags.Load", "M3", "utrace_flags is loaded before task->utrace");
    }

    /// <summary>M4: an engine's detached vector against its flags.</summary>
    public static class DetachPublish
    {
        /// <summary>ops is stored before flags.</summary>
        public static readonly Site Mark = Fence(
            "DetachPublish.Mark", "M4", "mark_engine_detached: ops is stored before flags");

        /// <summary>flags is loaded before ops.</summary>
        public static readonly Site Read = Fence(
            "DetachPublish.Read", "M4", "start_callback: flags is loaded before ops");

        /// <summary>The same in the signal report.</summary>
        public static readonly Site ReadSignal = Fence(
            "DetachPublish.ReadSignal", "M4", "signal report: flags is loaded before ops");
    }

    /// <summary>M5: what the task reports against what a controller changes.</summary>
    public static class ReportingVsFlags
    {
        /// <summary>The task: reporting=E before it reads E's flags.</summary>
        public static readonly Site Report = Fence(
            "ReportingVsFlags.Report", "M5", "start_callback: reporting=E before E's flags are read");

        /// <summary>M5b: the same again after a quiesce callback.</summary>
        public static readonly Site ReportAgain = Fence(
            "ReportingVsFlags.ReportAgain", "M5b", "start_callback, after quiesce: reporting=E before E's flags are read");

        /// <summary>The same in the signal report.</summary>
        public static readonly Site Signal = Fence(
            "ReportingVsFlags.Signal", "M5", "signal report: reporting=E before E's flags are read");

        /// <summary>utrace_set_events: E's flags are stored before reporting is read.</summary>
        public static readonly Site SetEvents = Fence(
            "ReportingVsFlags.SetEvents", "M5", "set_events: E's flags are stored before reporting is read");

        /// <summary>utrace_control(DETACH): E's ops are stored before reporting is read.</summary>
        public static readonly Site Detach = Fence(
            "ReportingVsFlags.Detach", "M5", "control(DETACH): E's ops are stored before reporting is read");
    }

    /// <summary>M6: DEATH wanted against exit_notify().</summary>
    public static class DeathInterlock
    {
        /// <summary>set_events tests exit_state under tasklist_lock.</summary>
        public static readonly Site SetEvents = Lock(
            "DeathInterlock.SetEvents", "M6", "set_events tests exit_state under tasklist_lock; pairs with DeathInterlock.ExitNotify");

        /// <summary>Variant P's fence in the death report; redundant.</summary>
        public static readonly Site ReportDeath = Fence(
            "DeathInterlock.ReportDeath", "M6", "variant P: a fence in the death report that the lock makes redundant");
    }

    /// <summary>M7: the notify-resume bit against what was requested.</summary>
    public static class NotifyResume
    {
        /// <summary>The bit is cleared before the requests are read.</summary>
        public static readonly Site Read = Fence(
            "NotifyResume.Read", "M7", "TIF_NOTIFY_RESUME is cleared before utrace_flags and resume are read");
    }

    /// <summary>The acquisitions of utrace->lock.</summary>
    public static class UtraceLock
    {
        /// <summary>utrace_attach_task.</summary>
        public static readonly Site Attach = Lock("UtraceLock.Attach", "M1", "attach: utrace->lock");

        /// <summary>utrace_set_events.</summary>
        public static readonly Site SetEvents = Lock("UtraceLock.SetEvents", "M5", "set_events: utrace->lock");

        /// <summary>utrace_control.</summary>
        public static readonly Site Control = Lock("UtraceLock.Control", "M5", "control: utrace->lock");

        /// <summary>utrace_barrier.</summary>
        public static readonly Site Barrier = Lock("UtraceLock.Barrier", "M5", "barrier: utrace->lock");

        /// <summary>utrace_report_death, at its beginning.</summary>
        public static readonly Site ReportDeath = Lock("UtraceLock.ReportDeath", "M6", "report_death: utrace->lock");

        /// <summary>utrace_maybe_reap.</summary>
        public static readonly Site MaybeReap = Lock("UtraceLock.MaybeReap", "M1", "maybe_reap: utrace->lock");

        /// <summary>utrace_stop.</summary>
        public static readonly Site Stop = Lock("UtraceLock.Stop", "M12", "utrace_stop: utrace->lock");

        /// <summary>utrace_finish_stop: a killed task waits until no controller holds the lock.</summary>
        public static readonly Site FinishStop = Lock(
            "UtraceLock.FinishStop", "M12", "utrace_finish_stop: a killed task waits until utrace->lock is free");

        /// <summary>In variant fixed: the killed task takes the lock and drops it, where it else watches it.</summary>
        public static readonly Site FinishStopTaken = Lock(
            "UtraceLock.FinishStopTaken", "M12", "utrace_finish_stop in variant fixed: the lock is taken and dropped, not watched until it is free");

        /// <summary>The signal report and the note that a frame was built.</summary>
        public static readonly Site Signal = Lock("UtraceLock.Signal", "M10", "signal report: utrace->lock");

        /// <summary>The report path: start_report, finish_callback, finish_report.</summary>
        public static readonly Site Report = Lock("UtraceLock.Report", "M5", "report paths: utrace->lock");
    }

    /// <summary>The acquisitions of siglock by utrace.</summary>
    public static class Siglock
    {
        /// <summary>utrace_stop: the state, and the count of a group stop, against SIGKILL and SIGCONT.</summary>
        public static readonly Site Stop = Lock("Siglock.Stop", "M11", "utrace_stop: siglock around state=TRACED");

        /// <summary>do_stop.</summary>
        public static readonly Site DoStop = Lock("Siglock.DoStop", "M11", "do_stop: siglock around STOPPED to TRACED");

        /// <summary>wakeup.</summary>
        public static readonly Site WakeUp = Lock("Siglock.WakeUp", "M11", "wakeup: siglock around the end of TRACED");

        /// <summary>utrace_control(INTERRUPT).</summary>
        public static readonly Site Interrupt = Lock(
            "Siglock.Interrupt", "M10", "control(INTERRUPT): siglock around signal_wake_up");

        /// <summary>The signal report.</summary>
        public static readonly Site Signal = Lock("Siglock.Signal", "M10", "signal report: siglock");

        /// <summary>The end of a job control report.</summary>
        public static readonly Site Jctl = Lock("Siglock.Jctl", "M11", "jctl report: siglock afterwards");
    }

    /// <summary>Tests and re-checks of the algorithm.</summary>
    public static class Checks
    {
        /// <summary>get_utrace_lock.</summary>
        public static readonly Site OpsUnderLock = Check(
            "Check.OpsUnderLock", "3.0.4", "get_utrace_lock: engine->ops is tested again under the lock");

        /// <summary>utrace_task_alloc.</summary>
        public static readonly Site Installed = Check(
            "Check.Installed", "3.1", "utrace_task_alloc: whether another was faster, under task_lock");

        /// <summary>utrace_add_engine.</summary>
        public static readonly Site AttachToDead = Check(
            "Check.AttachToDead", "3.1.b", "attach: exit_state is tested after utrace_flags=REAP");

        /// <summary>utrace_set_events, step 3.</summary>
        public static readonly Site TooLateToSet = Check(
            "Check.TooLateToSet", "3.2.3", "set_events: what can no longer be asked of a dead task");

        /// <summary>utrace_set_events, step 4.</summary>
        public static readonly Site InterlockDead = Check(
            "Check.InterlockDead", "3.2.4", "set_events: exit_state is tested under tasklist_lock");

        /// <summary>utrace_set_events, step 6.</summary>
        public static readonly Site SetEventsReporting = Check(
            "Check.SetEventsReporting", "3.2.6", "set_events: whether the engine is being called");

        /// <summary>utrace_control, step 3.</summary>
        public static readonly Site ControlDead = Check(
            "Check.ControlDead", "3.3.3", "control: what can no longer be asked of a dead task");

        /// <summary>utrace_control(DETACH).</summary>
        public static readonly Site DetachReporting = Check(
            "Check.DetachReporting", "3.3.4", "control(DETACH): whether the engine is being called");

        /// <summary>do_stop.</summary>
        public static readonly Site StillStopped = Check(
            "Check.StillStopped", "M11", "do_stop: STOPPED is tested again under siglock");

        /// <summary>wakeup.</summary>
        public static readonly Site WakeIntoStop = Check(
            "Check.WakeIntoStop", "3.3", "wakeup: whether a group stop keeps the task asleep");

        /// <summary>utrace_barrier.</summary>
        public static readonly Site BarrierReporting = Check(
            "Check.BarrierReporting", "3.5", "barrier: whether the engine is being called");

        /// <summary>utrace_attach_task.</summary>
        public static readonly Site WaitsForPass = Check(
            "Check.WaitsForPass", "3.1.c", "attach: a new engine waits for the next pass, also if the task itself attaches it");

        /// <summary>utrace_report_syscall_entry.</summary>
        public static readonly Site ReverseEntry = Check(
            "Check.ReverseEntry", "4.5", "syscall entry: the newest engine is asked first");

        /// <summary>start_callback, step 3.</summary>
        public static readonly Site QuiesceFirst = Check(
            "Check.QuiesceFirst", "4.1.3", "start_callback: quiesce before the event's own callback");

        /// <summary>start_callback, step 3.</summary>
        public static readonly Site QuiesceForOthers = Check(
            "Check.QuiesceForOthers", "4.1.3", "start_callback: quiesce although the engine does not want the event");

        /// <summary>start_callback, step 3.</summary>
        public static readonly Site LooksAgain = Check(
            "Check.LooksAgain", "4.1.3", "start_callback: what the engine wants is read again after quiesce");

        /// <summary>finish_callback, step 4.</summary>
        public static readonly Site LeastAction = Check(
            "Check.LeastAction", "4.1.4", "finish_callback: the smallest action wins, not the last");

        /// <summary>start_report.</summary>
        public static readonly Site ConsumesRequest = Check(
            "Check.ConsumesRequest", "4.1", "start_report: an earlier request ends when the pass begins");

        /// <summary>finish_callback, step 5.</summary>
        public static readonly Site StopOfDetached = Check(
            "Check.StopOfDetached", "4.1.5", "finish_callback: no stop for an engine that was detached meanwhile");

        /// <summary>utrace_stop, step 2.</summary>
        public static readonly Site StillHeld = Check(
            "Check.StillHeld", "4.2.2", "utrace_stop: whether an engine still holds the task");

        /// <summary>utrace_stop, step 3.</summary>
        public static readonly Site StopKilled = Check(
            "Check.StopKilled", "4.2.3", "utrace_stop: no stop when a fatal signal is pending");

        /// <summary>utrace_report_syscall_entry.</summary>
        public static readonly Site KilledAtEntry = Check(
            "Check.KilledAtEntry", "4.5", "syscall entry: a killed task does not make the call");

        /// <summary>utrace_get_signal.</summary>
        public static readonly Site OnlySigkill = Check(
            "Check.OnlySigkill", "4.6.5", "signal report: after a stop a killed task takes SIGKILL and nothing else");

        /// <summary>mark_engine_detached.</summary>
        public static readonly Site MarkDetached = Check(
            "Check.MarkDetached", "3.3.4", "control(DETACH): the engine gets the detached vector");

        /// <summary>utrace_control, step 3.</summary>
        public static readonly Site DetachOfDead = Check(
            "Check.DetachOfDead", "3.3.3", "control: a dead task can be let go");

        /// <summary>finish_callback, step 2.</summary>
        public static readonly Site DetachAnswer = Check(
            "Check.DetachAnswer", "4.1.2", "finish_callback: an engine that answers DETACH gets the detached vector");

        /// <summary>utrace_maybe_reap, per engine.</summary>
        public static readonly Site WantsReap = Check(
            "Check.WantsReap", "4.7", "maybe_reap: whether the engine wants REAP");

        /// <summary>utrace_maybe_reap, per engine.</summary>
        public static readonly Site ForgetFlags = Check(
            "Check.ForgetFlags", "4.7", "maybe_reap: an engine that is torn down wants nothing any more");

        /// <summary>utrace_maybe_reap.</summary>
        public static readonly Site ReapDefers = Check(
            "Check.ReapDefers", "4.7", "maybe_reap: the releaser leaves the teardown to a task that reports its death");

        /// <summary>do_stop.</summary>
        public static readonly Site StopAnswer = Check(
            "Check.StopAnswer", "3.3", "do_stop: the answer says whether the task is stopped by now");

        /// <summary>do_stop.</summary>
        public static readonly Site StopRequest = Check(
            "Check.StopRequest", "3.3", "do_stop: a task that runs is asked to come by");

        /// <summary>utrace_reset, step 5.</summary>
        public static readonly Site NobodyHolds = Check(
            "Check.NobodyHolds", "3.4.5", "utrace_reset: the task is woken only when no engine holds it");

        /// <summary>utrace_report_exit.</summary>
        public static readonly Site ExitStop = Check(
            "Check.ExitStop", "4.3", "exit report: a STOP stops the task right there");

        /// <summary>utrace_finish_vfork.</summary>
        public static readonly Site VforkStop = Check(
            "Check.VforkStop", "4.3", "vfork: a STOP stops the parent before it waits");

        /// <summary>utrace_report_syscall_entry.</summary>
        public static readonly Site EntryAgain = Check(
            "Check.EntryAgain", "4.5", "syscall entry: reported again after a stop in which a request came");

        /// <summary>utrace_control(INTERRUPT).</summary>
        public static readonly Site InterruptWakes = Check(
            "Check.InterruptWakes", "3.3.4", "control(INTERRUPT): the task is made to look for signals, out of its sleep");

        /// <summary>utrace_finish_examine.</summary>
        public static readonly Site ExamineSwitches = Check(
            "Check.ExamineSwitches", "3.7", "finish_examine: whether the task was switched in meanwhile");

        /// <summary>utrace_attach_pid.</summary>
        public static readonly Site AttachPidPut = Check(
            "Check.AttachPidPut", "3.1", "attach_pid: the reference to the task is given back");

        /// <summary>tracehook_consider_fatal_signal.</summary>
        public static readonly Site ConsiderFatal = Check(
            "Check.ConsiderFatal", "4.3", "signal generation: a fatal signal waits for an engine that wants to see it");

        /// <summary>tracehook_consider_ignored_signal.</summary>
        public static readonly Site ConsiderIgnored = Check(
            "Check.ConsiderIgnored", "4.3", "signal generation: an ignored signal is queued for an engine that wants to see it");
    }

    /// <summary>task_lock() around the installation of struct utrace: of two attachers, one installs.</summary>
    public static readonly Site InstallLock = Lock(
        "PublishStruct.Install", "M2", "task->utrace is installed under task_lock");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Site> All { get; } =
    [
        AttachVsRelease.Attach,
        AttachVsRelease.Release,
        PublishStruct.Init,
        PublishStruct.Deref,
        PublishStruct.Attach,
        InstallLock,
        PointerBeforeFlags.Load,
        DetachPublish.Mark,
        DetachPublish.Read,
        DetachPublish.ReadSignal,
        ReportingVsFlags.Report,
        ReportingVsFlags.ReportAgain,
        ReportingVsFlags.Signal,
        ReportingVsFlags.SetEvents,
        ReportingVsFlags.Detach,
        DeathInterlock.SetEvents,
        DeathInterlock.ReportDeath,
        NotifyResume.Read,
        UtraceLock.Attach,
        UtraceLock.SetEvents,
        UtraceLock.Control,
        UtraceLock.Barrier,
        UtraceLock.ReportDeath,
        UtraceLock.MaybeReap,
        UtraceLock.Stop,
        UtraceLock.FinishStop,
        UtraceLock.FinishStopTaken,
        UtraceLock.Signal,
        UtraceLock.Report,
        Siglock.Stop,
        Siglock.DoStop,
        Siglock.WakeUp,
        Siglock.Interrupt,
        Siglock.Signal,
        Siglock.Jctl,
        Checks.OpsUnderLock,
        Checks.Installed,
        Checks.AttachToDead,
        Checks.TooLateToSet,
        Checks.InterlockDead,
        Checks.SetEventsReporting,
        Checks.ControlDead,
        Checks.DetachReporting,
        Checks.StillStopped,
        Checks.WakeIntoStop,
        Checks.BarrierReporting,
        Checks.WaitsForPass,
        Checks.ReverseEntry,
        Checks.QuiesceFirst,
        Checks.QuiesceForOthers,
        Checks.LooksAgain,
        Checks.LeastAction,
        Checks.ConsumesRequest,
        Checks.StopOfDetached,
        Checks.StillHeld,
        Checks.StopKilled,
        Checks.KilledAtEntry,
        Checks.OnlySigkill,
        Checks.MarkDetached,
        Checks.DetachOfDead,
        Checks.DetachAnswer,
        Checks.WantsReap,
        Checks.ForgetFlags,
        Checks.ReapDefers,
        Checks.StopAnswer,
        Checks.StopRequest,
        Checks.NobodyHolds,
        Checks.ExitStop,
        Checks.VforkStop,
        Checks.EntryAgain,
        Checks.InterruptWakes,
        Checks.ExamineSwitches,
        Checks.AttachPidPut,
        Checks.ConsiderFatal,
        Checks.ConsiderIgnored,
    ];

    private static Site Fence(string name, string row, string purpose)
        => new(name, SiteKind.Fence, row, purpose);

    private static Site Check(string name, string row, string purpose)
        => new(name, SiteKind.Check, row, purpose);

    private static Site Lock(string name, string row, string purpose)
        => new(name, SiteKind.Lock, row, purpose);
}
