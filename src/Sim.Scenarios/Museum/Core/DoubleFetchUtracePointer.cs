namespace Sim.Scenarios.Museum.Core;

/// <summary>A pointer that is read twice.</summary>
internal static class DoubleFetchUtracePointer
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "double-fetch-utrace-pointer",
        Title = "task->utrace is read once to test it and once to use it",
        Group = ExhibitGroup.UtraceCore,
        Source = "RHEL 5, 2.6.18-53 (2007): utrace_first_engine() and check_detach() keep the pointer in a local",
        Actors = ["two tracers"],
        Story = "One tracer tests that the task has a struct. The other one removes the last engine and clears the " +
            "pointer. The first one reads it again and uses NULL.",
        Fix = "One load, into a local, under RCU.",
        Switch = "the pointer is loaded again after the test (a model of the old lifetime)",
        Guarantee = "OOPS",
        HasUtrace = false,
        Build = (machine, request) => OldLifetime.FirstEngine(
            machine, Museum.Exhibit.IsFaulty(request) ? OldMistake.FetchesTwice : OldMistake.None),
    };
}
