using Sim.Machine.Memory;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Controls;

/// <summary>A publication on x86.</summary>
internal static class PublishUnderTso
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "control-publish-tso",
        Title = "the barrier between making struct utrace and storing its pointer is not needed on x86",
        Group = ExhibitGroup.UtraceCore,
        Source = "section 4 of our notes on the review of December 2009",
        Actors = ["tracee", "tracer"],
        Story = "The struct is initialised and then its pointer stored, with a write barrier between, so that no " +
            "reader finds it empty.",
        Fix = "On x86 stores keep their order; whoever reads the pointer sees what was stored before it.",
        Switch = "the write barrier of utrace_task_alloc() is taken away",
        Guarantee = "",
        Memory = MemoryModel.Tso,
        Without = [UtraceSites.PublishStruct.Init],
        Build = KnownWorld.Race("attach-vs-release", ("attachers", 2)),
    };
}
