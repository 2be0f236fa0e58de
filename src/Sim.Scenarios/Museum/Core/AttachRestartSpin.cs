namespace Sim.Scenarios.Museum.Core;

/// <summary>A retry that cannot succeed.</summary>
internal static class AttachRestartSpin
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "attach-restart-spin",
        Title = "an attach to a released task begins again for ever",
        Group = ExhibitGroup.UtraceCore,
        Source = "RHEL 5 between 2.6.18-8 and 2.6.18-8.1.3 (early 2007, of the family of CVE-2007-0771): EXIT_DEAD is " +
            "tested first, with a comment that a race with the release may lead to a restart",
        Actors = ["tracer", "reaper"],
        Story = "The task is released, and its struct utrace is gone. The attach makes one, installs it, sees " +
            "EXIT_DEAD, takes it back and says \"again\". Nothing will ever be different: a loop in the kernel " +
            "that no signal ends.",
        Fix = "The attach fails with ESRCH before it makes anything.",
        Switch = "an attach that finds the task released begins again",
        Guarantee = "STUCK",
        Historic = "attach-restart-spin",
        Build = KnownWorld.Race("attach-vs-release", ("attachers", 1)),
    };
}
