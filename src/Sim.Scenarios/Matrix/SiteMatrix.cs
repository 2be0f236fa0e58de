using Sim.Explore;
using Sim.Machine.Memory;

namespace Sim.Scenarios.Matrix;

/// <summary>Sites taken away together in one world, and what breaks.</summary>
/// <param name="Sites">The sites, with commas between.</param>
/// <param name="World">Scenario and parameters.</param>
/// <param name="Sc">The guarantee or sanitizer that reports it first under sc; empty when explored to the end and clean.</param>
/// <param name="Tso">The same under tso.</param>
/// <param name="Views">The same under lkmm, and under power; "?" when it was given up.</param>
/// <param name="Variant">The version of the algorithm.</param>
/// <param name="OnPower">What power says where it differs from lkmm; null where they agree.</param>
public sealed record SiteRow(
    string Sites, string World, string Sc, string Tso, string Views, string Variant = "b", string? OnPower = null)
{
    /// <summary>What the table says of a model.</summary>
    public string Expected(MemoryModel memory) => memory switch
    {
        MemoryModel.Sc => Sc,
        MemoryModel.Tso => Tso,
        MemoryModel.Lkmm => Views,
        MemoryModel.Power => OnPower ?? Views,
        _ => throw new ArgumentOutOfRangeException(nameof(memory)),
    };
}

/// <summary>A site that nothing shows, or that worlds outside the table show, and why.</summary>
public sealed record SilentSite(string Site, string Why);

/// <summary>
/// The mutation table: every fence, lock and check that can be taken away by name, and which monitor catches it. A
/// test runs every row; <c>sim matrix</c> prints them.
/// </summary>
public static class SiteMatrix
{
    /// <summary>Under lkmm and power a row is given up after so many executions; its answer is then "?".</summary>
    public const long MostExecutions = 200_000;

    /// <summary>What is caught.</summary>
    public static IReadOnlyList<SiteRow> Shown { get; } =
    [
        new("AttachVsRelease.Attach", "attach-vs-release attachers=1", "", "G7", "G7"),
        new("AttachVsRelease.Release", "attach-vs-release attachers=1", "", "", ""),
        new("AttachVsRelease.Release,ExitState.Xchg", "attach-vs-release attachers=1", "", "", "G7"),
        new("AttachVsRelease.Release,RwLock.Unlock", "attach-vs-release attachers=1", "", "", ""),
        new("ExitState.Xchg,RwLock.Unlock", "attach-vs-release attachers=1", "", "", ""),
        new("AttachVsRelease.Release,ExitState.Xchg,RwLock.Unlock", "attach-vs-release attachers=1", "", "G7", "G7"),
        new("PublishStruct.Install", "attach-vs-release attachers=2", "G7", "G7", "G7"),
        new("PublishStruct.Attach", "attach-vs-release attachers=2", "", "", "OOPS", "fixed"),
        new("PointerBeforeFlags.Load", "attach-vs-release attachers=1", "", "", "OOPS"),
        new("DetachPublish.Mark", "barrier-vs-callback detach=1", "", "", "G15"),
        new("DetachPublish.Read", "barrier-vs-callback detach=1", "", "", "G15"),
        new("ReportingVsFlags.Report", "barrier-vs-callback", "", "G15", "G15"),
        new("ReportingVsFlags.Report", "barrier-vs-callback detach=1", "", "G11", "G11"),
        new("ReportingVsFlags.ReportAgain", "barrier-vs-callback quiesce=1", "", "G15", "G16"),
        new("ReportingVsFlags.SetEvents", "barrier-vs-callback", "", "G15", "G15"),
        new("ReportingVsFlags.Detach", "barrier-vs-callback detach=1", "", "", ""),
        new("ReportingVsFlags.Detach", "barrier-vs-callback detach=1 requester=1", "", "G11", "?"),
        new("NotifyResume.Read", "museum/notify-resume-rmb fixed=1", "", "", "STUCK", OnPower: ""),
        new("DeathInterlock.SetEvents", "events-vs-death", "G1", "G1", "G1"),
        new("DeathInterlock.ExitNotify", "events-vs-death", "G1", "G1", "G1"),
        new("UtraceLock.Attach", "attach-vs-release attachers=2", "G7", "G7", "G7"),
        new("UtraceLock.SetEvents", "events-vs-death", "G7", "G1", "G1"),
        new("UtraceLock.ReportDeath", "events-vs-death", "G1", "G1", "G1"),
        new("UtraceLock.MaybeReap", "death-vs-reap engines=1", "G3", "KCSAN", "G3"),
        new("UtraceLock.Control", "detach-vs-death", "KCSAN", "G8", "G8"),
        new("UtraceLock.Control", "detach-vs-death stop=1", "STUCK", "STUCK", "?"),
        new("UtraceLock.Report", "detach-vs-death stop=1", "STUCK", "STUCK", "STUCK"),
        new("Check.WaitsForPass", "passes manner=2", "G17", "G17", "G17"),
        new("Check.ReverseEntry", "passes", "G18", "G18", "G18"),
        new("Check.QuiesceFirst", "passes", "G19", "G19", "G19"),
        new("Check.LooksAgain", "passes manner=3", "G19", "G19", "G19"),
        new("Check.QuiesceForOthers", "passes manner=6", "G20", "G20", "G20"),
        new("Check.LeastAction", "passes manner=4 engines=3", "G24", "G24", "G24"),
        new("Check.ConsumesRequest", "passes manner=5", "G25", "G25", "G25"),
        new("Check.Installed", "attach-vs-release attachers=2", "G7", "G7", "G7"),
        new("Check.AttachToDead", "attach-vs-release attachers=1", "G7", "G7", "G7"),
        new("Check.TooLateToSet", "calls-on-zombie call=1 other=1 reported=0", "G2", "G2", "G8"),
        new("Check.InterlockDead", "events-vs-death", "G1", "G1", "G1"),
        new("Check.SetEventsReporting", "barrier-vs-callback", "G15", "G15", "G15"),
        new("Check.ControlDead", "calls-on-zombie call=5", "G6", "G6", "G6"),
        new("Check.DetachReporting", "barrier-vs-callback detach=1", "G11", "G11", "G11"),
        new("Check.BarrierReporting", "barrier-vs-callback", "G16", "G16", "G16"),
        new("Check.StopOfDetached", "detach-vs-death stop=1", "STUCK", "STUCK", "STUCK"),
        new("Check.StillHeld", "detach-vs-death stop=1", "STUCK", "STUCK", "STUCK"),
        new("UtraceLock.Stop", "detach-vs-death stop=1", "STUCK", "STUCK", "STUCK"),
        new("Check.DetachAnswer", "death-vs-reap engines=1 detach=1", "G5", "G5", "G5"),
        new("Check.ForgetFlags", "calls-on-zombie call=0 reap=1 after=1", "G8", "G8", "G8"),
        new("Check.WantsReap", "death-vs-reap engines=1 reap=0", "G9", "G9", "G9"),
        new("Check.MarkDetached", "detach-vs-death stop=1", "G10", "STUCK", "G10"),
        new("Check.MarkDetached", "calls-in-callbacks", "G12", "G12", "G12"),
        new("Check.DetachOfDead", "calls-on-zombie call=9 reap=1", "G13", "G13", "G8"),
        new("Check.ReapDefers", "death-vs-reap engines=1", "KCSAN", "KCSAN", "KCSAN"),
        new("Check.ReapDefers", "death-vs-reap engines=1 slow=2", "G4", "G4", "G4"),
        new("Check.StopAnswer", "stop-vs-release waits=1", "G26", "G26", "G26"),
        new("Check.StopRequest", "stop-vs-release quiesce=1", "G26", "G26", "G26"),
        new("Check.NobodyHolds", "two-stops", "G27", "G27", "G27"),
        new("Check.StillStopped", "group-stop-vs-tracer race=1", "G27", "G27", "G27"),
        new("Siglock.DoStop", "group-stop-vs-tracer race=1", "G27", "G27", "G27"),
        new("Check.StillHeld", "stop-vs-release", "G28", "G28", "G28"),
        new("Check.WakeIntoStop", "group-stop-vs-tracer", "G29", "G29", "G29"),
        new("Check.StopKilled", "kill-vs-answer", "G30", "G30", "G30"),
        new("Check.KilledAtEntry", "kill-vs-answer place=1", "G30", "G30", "G30"),
        new("Check.OnlySigkill", "kill-vs-answer place=2", "G30", "G30", "G30"),
        new("UtraceLock.FinishStop", "museum/sigkill-wakes-during-reset fixed=1", "KCSAN", "KCSAN", "KCSAN", "fixed"),
        new("UtraceLock.FinishStopTaken", "museum/sigkill-wakes-during-reset fixed=1", "", "", "KCSAN", "fixed"),
        new("Siglock.Stop", "kill-vs-answer", "KCSAN", "KCSAN", "KCSAN"),
        new("Check.ExitStop", "stop-places event=2", "G31", "G31", "G31"),
        new("Check.VforkStop", "stop-places event=3", "G31", "G31", "G31"),
        new("Check.EntryAgain", "entry-stop-vs-request", "G32", "G32", "G32"),
        new("Check.InterruptWakes", "interrupt-vs-user", "G33", "G33", "G33"),
        new("Fork.WakeAfterReport", "passes program=1", "G23", "G23", "G23"),
        new("Check.ExamineSwitches", "examine-vs-kill", "G34", "G34", "G34"),
        new("Release.DelayedPut", "pointer-vs-release", "G36", "G36", "KASAN"),
        new("Check.AttachPidPut", "engine-outlives-task", "G37", "G37", "G37"),
        new("Pid.NewStruct", "pid-vs-reuse", "G38", "G38", "G38"),
        new("Check.ConsiderFatal", "signals-seen", "G35", "G35", "G35"),
        new("Check.ConsiderIgnored", "signals-seen signal=2", "G35", "G35", "G35"),
        new("Check.NoticeDecides", "calls-in-callbacks at=5 autoreap=1 by=2", "STUCK", "STUCK", "STUCK"),
    ];

    /// <summary>What nothing catches, with the reason: redundant, masked, or a gap.</summary>
    public static IReadOnlyList<SilentSite> Silent { get; } =
    [
        new("PublishStruct.Init", "stores keep their order on x86; under lkmm and power a gap: the first values of a new object are no stores in Sim, so nothing older can be read"),
        new("PublishStruct.Deref", "a dependent load: only Alpha would show it"),
        new("ExitState.Xchg", "masked alone, under every model, see AttachVsRelease; two waiting threads show it (K1, double-reap)"),
        new("RwLock.Unlock", "masked alone, see AttachVsRelease"),
        new("ThreadFlag.Clear", "the lock that follows is a locked instruction on x86; under lkmm and power as NotifyResume.Read"),
        new("DeathInterlock.ReportDeath", "variant P's fence is redundant: the lock orders it (M6)"),
        new("Schedule.RunQueueLock", "every caller has set its state with a locked instruction, or under a lock whose release goes through the same buffer"),
        new("Rcu.Call", "shown by kill-vs-stop and exec-vs-kill under tso (KASAN), not by the utrace worlds"),
        new("Siglock.WaitStopped", "shown by museum/wait-stopped-unlocked (STUCK), not by the utrace worlds"),
        new("Check.ExitLeavesStop", "shown by museum/group-stop-vs-exit (STUCK), not by the utrace worlds"),
        new("Check.StopSeesGroupExit", "shown by museum/coredump-vs-sigstop (STUCK), not by the utrace worlds"),
        new("Check.KillLooksAgain", "shown by museum/kill-vs-exec-esrch (K2), not by the utrace worlds"),
        new("Check.ExecIsNoGroupExit", "shown by museum/exec-loses-signals (H4), not by the utrace worlds"),
        new("Check.ChildDoesNotStep", "shown by museum/child-inherits-step (H1), not by the utrace worlds"),
        new("DoWait.SetCurrentState", "read_lock(&tasklist_lock) behind it is a locked instruction on x86 (museum/control-do-wait-tso); exit-vs-wait is complete and clean without it under lkmm and power, too: the child becomes a zombie and wakes with tasklist_lock held, either before the look, which then finds it, or after it, and then it sees the state; museum/do-wait-missing-barrier shows it there (STUCK)"),
        new("UtraceLock.Barrier", "barrier only reads; the lock orders it with the last callback's marks"),
        new("DetachPublish.ReadSignal", "a gap: loads keep their order on x86, and no world races a signal report with DETACH; the same pair shows in DetachPublish.Read"),
        new("ReportingVsFlags.Signal", "a gap: no world races a signal report with set_events or DETACH"),
        new("UtraceLock.Signal", "a gap: no world races the beginning of a signal report with a request"),
        new("Siglock.WakeUp", "a gap: no world races the wake-up with SIGCONT"),
        new("Siglock.Interrupt", "a gap: silent in interrupt-vs-user, since TIF_SIGPENDING is set by a locked instruction"),
        new("Siglock.Signal", "a gap: no world races the end of a signal report with a sender"),
        new("Siglock.Jctl", "a gap: no world has a JCTL callback with a sender"),
        new("Check.OpsUnderLock", "a gap: no world has two calls on one engine at once"),
        new("WaitTaskInactive.RunQueueLock", "loads keep their order on x86; examine-vs-kill is complete and clean without it under lkmm and power: the loop reads the count of switches again"),
    ];

    /// <summary>The worlds in which silent sites are taken away, and which are clean with all sites in place.</summary>
    public static IReadOnlyList<string> Worlds { get; } =
    [
        "attach-vs-release attachers=1",
        "attach-vs-release attachers=2",
        "death-vs-reap engines=1",
        "death-vs-reap engines=1 detach=1",
        "detach-vs-death",
        "detach-vs-death exit=1",
        "detach-vs-death stop=1",
        "barrier-vs-callback",
        "barrier-vs-callback detach=1",
        "events-vs-death",
        "events-vs-death parent=1",
        "request-vs-resume tracers=1",
        "passes",
    ];

    /// <summary>After how many executions a row of the table is given up.</summary>
    public static long Limit(MemoryModel memory)
        => memory is MemoryModel.Sc or MemoryModel.Tso ? long.MaxValue : MostExecutions;

    /// <summary>Explores a world without some sites, and says what broke.</summary>
    /// <param name="sites">The sites, with commas between; may be empty.</param>
    /// <param name="world">Scenario and parameters.</param>
    /// <param name="memory">The memory model.</param>
    /// <param name="variant">The version of the algorithm.</param>
    /// <param name="executions">After how many executions it is given up.</param>
    /// <returns>The guarantee; empty when the exploration was complete and nothing broke; "?" when it was not.</returns>
    public static string Broken(string sites, string world, MemoryModel memory, string variant, long executions = long.MaxValue)
    {
        var options = new ExploreOptions
        {
            Memory = memory,
            Stop = executions == long.MaxValue ? null : progress => progress.Executions >= executions,
            Without = [.. sites.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Find)],
        };
        ExploreResult result = Explorer.Run(Parse(world, variant), options);
        return result.Findings.Count > 0 ? result.Findings[0].Violation.Guarantee :
            result.Verdict == Verdict.Complete ? "" : "?";
    }

    private static Site Find(string name)
        => Catalogue.Sites.First(site => string.Equals(site.Name, name, StringComparison.Ordinal));

    private static World Parse(string text, string variant)
    {
        string[] words = text.Split(' ');
        Scenario scenario = Catalogue.Find(words[0])!;
        var values = words[1..].Select(word => word.Split('=')).ToDictionary(
            pair => pair[0],
            pair => int.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture),
            StringComparer.Ordinal);
        return scenario.World(new WorldRequest(scenario.Fill(values), variant));
    }
}
