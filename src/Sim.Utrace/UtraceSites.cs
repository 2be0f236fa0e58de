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

        /// <summary>The report path: start_report, finish_callback, finish_report.</summary>
        public static readonly Site Report = Lock("UtraceLock.Report", "M5", "report paths: utrace->lock");
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
        InstallLock,
        PointerBeforeFlags.Load,
        DetachPublish.Mark,
        DetachPublish.Read,
        ReportingVsFlags.Report,
        ReportingVsFlags.ReportAgain,
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
        UtraceLock.Report,
    ];

    private static Site Fence(string name, string row, string purpose)
        => new(name, SiteKind.Fence, row, purpose);

    private static Site Lock(string name, string row, string purpose)
        => new(name, SiteKind.Lock, row, purpose);
}
