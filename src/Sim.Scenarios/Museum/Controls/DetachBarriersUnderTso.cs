using Sim.Machine.Memory;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Controls;

/// <summary>Barriers for another machine.</summary>
internal static class DetachBarriersUnderTso
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "control-detach-barriers-tso",
        Title = "the two barriers between ops and flags of a detach are not needed on x86",
        Group = ExhibitGroup.UtraceCore,
        Source = "section 4 of our notes on the review of December 2009",
        Actors = ["tracee", "tracer"],
        Story = "A detach stores the vector and then the flags; the report reads the flags and then the vector. Both " +
            "barriers are there for POWER.",
        Fix = "On x86 stores keep their order, and so do loads.",
        Switch = "the barriers between ops and flags are taken away",
        Guarantee = "",
        Memory = MemoryModel.Tso,
        Without = [UtraceSites.DetachPublish.Mark, UtraceSites.DetachPublish.Read],
        Build = KnownWorld.Race("barrier-vs-callback", ("detach", 1)),
    };
}
