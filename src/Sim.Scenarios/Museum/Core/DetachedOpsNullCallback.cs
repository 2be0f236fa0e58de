namespace Sim.Scenarios.Museum.Core;

/// <summary>The vector of detached engines has holes.</summary>
internal static class DetachedOpsNullCallback
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "detached-ops-null-callback",
        Title = "old event bits with the vector of detached engines: a call through NULL",
        Group = ExhibitGroup.UtraceCore,
        Source = "twice: RHEL 5.2 (2.6.18-92, 2008) gives every slot of dead_engine_ops a stub, with a comment on the " +
            "race of flags and ops; in December 2010 start_callback learned to treat the detached vector like " +
            "QUIESCE",
        Actors = ["tracee", "tracer"],
        Story = "An engine wants EXIT and not QUIESCE. The tracee, about to report, reads its flags: EXIT. The tracer " +
            "lets the engine go: it stores the vector of detached engines, whose only callbacks are quiesce and " +
            "reap, and the flag QUIESCE. The tracee reads the vector, finds EXIT in the flags it has, and calls a " +
            "report_exit that is not there.",
        Fix = "The vector has a stub for every event; or the vector is tested as well as the flags.",
        Switch = "the vector of detached engines has no report_exit",
        Guarantee = "BUG",
        Historic = "detached-ops-null-callback",
        Build = KnownWorld.Race("barrier-vs-callback", ("detach", 1)),
    };
}
