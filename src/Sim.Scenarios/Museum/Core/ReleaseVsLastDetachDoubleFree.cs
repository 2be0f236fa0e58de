namespace Sim.Scenarios.Museum.Core;

/// <summary>Two who free one struct.</summary>
internal static class ReleaseVsLastDetachDoubleFree
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "release-vs-last-detach-double-free",
        Title = "release_task() and the last detach both free the struct of the task",
        Group = ExhibitGroup.UtraceCore,
        Source = "RHEL 5, 2.6.18-53 (2007), where the release notices an empty list; its comment says that it won the " +
            "race for task_lock and lost the one for utrace->lock",
        Actors = ["tracer", "reaper"],
        Story = "The tracer holds utrace->lock and has unlinked the last engine; it is about to take the struct off " +
            "the task, under task_lock. The reaper is faster there, takes the pointer, and waits for " +
            "utrace->lock. The tracer frees the struct after a grace period. The reaper gets the lock, finds no " +
            "engines, and frees it again.",
        Fix = "An empty list means that the detacher frees.",
        Switch = "release_task() frees a struct without engines too (a model of the old lifetime)",
        Guarantee = "KASAN",
        HasUtrace = false,
        Build = (machine, request) => OldLifetime.Release(
            machine, Museum.Exhibit.IsFaulty(request) ? OldMistake.FreesEmpty : OldMistake.None),
    };
}
