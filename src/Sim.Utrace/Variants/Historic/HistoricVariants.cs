namespace Sim.Utrace.Variants.Historic;

/// <summary>
/// Versions of the algorithm with one mistake of the past each: variant B otherwise. They have the names of the
/// museum's exhibits and cannot be chosen with <c>--variant</c>.
/// </summary>
public static class HistoricVariants
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<UtraceVariant> All { get; } =
    [
        new BarrierVsDetachReturn(),
        new DetachedOpsNullCallback(),
        new DetachFlagsBeforeOps(),
        new NewbornAttachDelay(),
        new SyscallEntryNoRereport(),
        new ReportFlagWithoutNotify(),
        new ResumeOrderInversion(),
        new ResumeBeforeStopped(),
        new DeathDetachRace(),
        new ResetUnlockUaf(),
        new ReapWalkVsLookup(),
        new WakeupIgnoresGroupStop(),
        new UtraceStopGroupAccounting(),
        new StepClearedByOtherResume(),
        new SigpendingLeftBeforeSyscall(),
        new FreezeStopMissing(),
        new StoppedFlagStale(),
        new AttachRestartSpin(),
    ];
}
