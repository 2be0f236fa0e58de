namespace Sim.Scenarios.Museum.Core;

/// <summary>utrace_barrier() against a callback that answers DETACH.</summary>
internal static class BarrierVsDetachReturn
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "barrier-vs-detach-return",
        Title = "utrace_barrier() answers 0 although the callback that just ended answered DETACH",
        Group = ExhibitGroup.UtraceCore,
        Source = "kernel/utrace.c of 2009 stored the detached vector without a lock; the trees of 2010 take utrace->lock " +
            "around it, with a comment that names this case",
        Actors = ["tracee", "tracer"],
        Story = "The tracee's callback answers DETACH. The tracer, in utrace_barrier(), takes utrace->lock and reads the " +
            "engine's vector: still the engine's own. Now the tracee stores the detached vector, without the lock, and then " +
            "that it reports to nobody. The tracer reads that and answers 0: the engine is idle and still attached. It is not.",
        Fix = "The tracee takes utrace->lock around the store, so that barrier reads both words of one moment.",
        Switch = "finish_callback() marks an engine that answered DETACH without utrace->lock",
        Guarantee = "G16",
        Historic = "barrier-vs-detach-return",
        Build = KnownWorld.Race("calls-in-callbacks", ("at", 2), ("call", 3), ("by", 2), ("answer", 6)),
    };
}
