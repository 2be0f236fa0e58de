using Sim.Machine.Memory;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>The first attach against release_task().</summary>
internal static class AttachVsReapNoMb
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "attach-vs-reap-no-mb",
        Title = "the first attach and release_task() each miss what the other one stored",
        Group = ExhibitGroup.UtraceCore,
        Source = "the review on linux-kernel of 2009-12-01, in which Peter Zijlstra spells out both sides; the protocol dates " +
            "from 2009, when release_task() stopped taking the lock in every case",
        Actors = ["tracer", "reaper"],
        Story = "The tracer sets REAP in utrace_flags, which waits in its store buffer. The reaper stores EXIT_DEAD, which " +
            "waits in its own. The tracer reads exit_state, not yet dead, and keeps the engine; the reaper reads utrace_flags, " +
            "still 0, and skips the teardown. The attach has succeeded, report_reap never comes, and the engine leaks.",
        Fix = "A full barrier on both sides between the own store and the load of the other's word.",
        Switch = "the fence of the attacher is taken away",
        Guarantee = "G7",
        Memory = MemoryModel.Tso,
        Without = [UtraceSites.AttachVsRelease.Attach],
        Build = KnownWorld.Race("attach-vs-release", ("attachers", 1)),
    };
}
