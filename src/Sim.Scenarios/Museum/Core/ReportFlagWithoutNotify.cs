namespace Sim.Scenarios.Museum.Core;

/// <summary>A mark that stands for two things.</summary>
internal static class ReportFlagWithoutNotify
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "report-flag-without-notify",
        Title = "a report is noted without TIF_NOTIFY_RESUME, and later requests are swallowed",
        Group = ExhibitGroup.UtraceCore,
        Source = "the comments in utrace_add_engine() of the Fedora 12 tree (spring 2009) spell out the invariant and " +
            "what follows when it is broken; replaced by a flag of its own, pending_attach, later that year",
        Actors = ["tracee", "tracer"],
        Story = "An attach sets the mark for \"report wanted\" so that the lists of engines are joined at the next " +
            "pass, but does not set TIF_NOTIFY_RESUME. A controller then asks for a report, sees that one is " +
            "wanted already, and does nothing. The task stays in user mode, and no callback ever comes.",
        Fix = "Both are set always; or a flag of its own says that the lists have to be joined.",
        Switch = "an attach stores resume=REPORT without TIF_NOTIFY_RESUME",
        Guarantee = "STUCK",
        Historic = "report-flag-without-notify",
        Build = KnownWorld.Race("request-vs-resume", ("tracers", 1)),
    };
}
