namespace Sim.Scenarios.Museum.Core;

/// <summary>A group stop that is never complete.</summary>
internal static class UtraceStopGroupAccounting
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "utrace-stop-group-accounting",
        Title = "a stop for tracing takes a place in the group stop and never completes it",
        Group = ExhibitGroup.UtraceCore,
        Source = "the Fedora 12 tree (mid-2009) decrements the count only; the next one marks the group stop complete " +
            "at zero",
        Actors = ["tracee", "another thread", "tracer"],
        Story = "A group stop waits for one thread, which stops for tracing instead: it takes itself off the count " +
            "and sleeps. The count is 0 and nobody has said that the stop is complete. The parent is never told, " +
            "and when the tracer lets the thread go nothing keeps it asleep.",
        Fix = "Whoever takes the count to zero marks the group stop complete.",
        Switch = "utrace_stop() decrements the count and does nothing at zero",
        Guarantee = "STUCK",
        Historic = "utrace-stop-group-accounting",
        Build = GroupStopOfTwo.Make,
    };
}
