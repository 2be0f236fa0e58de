using Sim.Scenarios.Museum.Controls;
using Sim.Scenarios.Museum.Core;
using Sim.Scenarios.Museum.Instrumentation;
using Sim.Scenarios.Museum.Kernel;

namespace Sim.Scenarios.Museum;

/// <summary>Every historic mistake that is known here: what can be shown, and what cannot yet.</summary>
public static class MuseumCatalogue
{
    /// <summary>What is shown, in the order in which it is listed.</summary>
    public static IReadOnlyList<Exhibit> Exhibits { get; } =
    [
        BarrierVsDetachReturn.Exhibit,
        ReapWalkVsLookup.Exhibit,
        DetachedOpsNullCallback.Exhibit,
        DetachFlagsBeforeOps.Exhibit,
        SigkillWakesDuringReset.Exhibit,
        UnlockWaitWeak.Exhibit,
        FreezeStopMissing.Exhibit,
        StopAfterDetach.Exhibit,
        StepClearedByOtherResume.Exhibit,
        AttachVsReapNoMb.Exhibit,
        NotifyResumeRmb.Exhibit,
        SetEventsWithoutTasklist.Exhibit,
        WakeupIgnoresGroupStop.Exhibit,
        JctlConsideredStopped.Exhibit,
        ResumeBeforeStopped.Exhibit,
        DeathDetachRace.Exhibit,
        StaleLockRecheck.Exhibit,
        ReleaseVsLastDetachDoubleFree.Exhibit,
        GetSignalUtraceGone.Exhibit,
        AttachRestartSpin.Exhibit,
        DeadNotifyReadLock.Exhibit,
        SigchldIgnoredZombie.Exhibit,
        MtExecReapsDespiteNoreap.Exhibit,
        DelayedLeaderLostDeath.Exhibit,
        SyscallEntryNoRereport.Exhibit,
        SigpendingLeftBeforeSyscall.Exhibit,
        StapDetachNoBarrier.Exhibit,
        StapInuseLate.Exhibit,
        StapSweepMissesNewborn.Exhibit,
        StapDoneBeforeReturn.Exhibit,
        StapCancelWrongWork.Exhibit,
        StapShutdownOrder.Exhibit,
        StapUtraceStructUaf.Exhibit,
        StapGetLockNull.Exhibit,
        StapWrongFlagReset.Exhibit,
        StapWorkaddedBitfield.Exhibit,
        StapDefaultStopEngine.Exhibit,
        StapHandlerEndMissing.Exhibit,
        StapBarrierInAtomic.Exhibit,
        StapWorkOrder.Exhibit,
        UprobesRefcountResurrect.Exhibit,
        UprobesSignalCancelsStep.Exhibit,
        WaitStoppedUnlocked.Exhibit,
        GroupStopVsExit.Exhibit,
        ExecLosesSignals.Exhibit,
        CoredumpVsSigstop.Exhibit,
        DoWaitMissingBarrier.Exhibit,
        NocldwaitReturnLost.Exhibit,
        ChildInheritsStep.Exhibit,
        ExecStopUnderMutex.Exhibit,
        ExecDoubleReport.Exhibit,
        TifNonatomicUpdate.Exhibit,
        KillVsExecEsrch.Exhibit,
        ReportFlagWithoutNotify.Exhibit,
        ResumeOrderInversion.Exhibit,
        StoppedFlagStale.Exhibit,
        UtraceStopGroupAccounting.Exhibit,
        DoubleFetchUtracePointer.Exhibit,
        NewbornAttachDelay.Exhibit,
        UnionOverlayExitLive.Exhibit,
        ResetUnlockUaf.Exhibit,
        StapWorkcountAfterAdd.Exhibit,
        StapDoubleUtraceStruct.Exhibit,
        StapDeathWorkDropped.Exhibit,
        ItracePidReuse.Exhibit,
        PpcStepReservation.Exhibit,
        PublishUnderTso.Exhibit,
        DetachBarriersUnderTso.Exhibit,
        DeathReportFence.Exhibit,
        DoWaitUnderTso.Exhibit,
    ];

    /// <summary>What is not shown yet.</summary>
    public static IReadOnlyList<AbsentExhibit> Absent { get; } = AbsentExhibits.All;

    /// <summary>The exhibits as scenarios.</summary>
    public static IReadOnlyList<Scenario> Scenarios { get; } = [.. Exhibits.Select(exhibit => exhibit.ToScenario())];

    /// <summary>The exhibit of a name, or null.</summary>
    public static Exhibit? Find(string name)
        => Exhibits.FirstOrDefault(exhibit => string.Equals(exhibit.Name, name, StringComparison.Ordinal));
}
