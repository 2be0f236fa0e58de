namespace Sim.Utrace.Reporting;

/// <summary>The bookkeeping of one pass over the engines. Source: spec section 4.1.</summary>
/// <param name="Result">Event bits of the last answer.</param>
/// <param name="Action">The strongest action so far; the smallest wins.</param>
/// <param name="ResumeAction">The strongest action other than STOP.</param>
/// <param name="Detaches">Whether an engine went away.</param>
/// <param name="Spurious">Whether no engine wanted the event.</param>
internal readonly record struct Report(
    int Result, ResumeAction Action, ResumeAction ResumeAction, bool Detaches, bool Spurious)
{
    /// <summary>The beginning of a pass.</summary>
    internal static Report Begin { get; } = new(
        0, Utrace.ResumeAction.Resume, Utrace.ResumeAction.Resume, Detaches: false, Spurious: true);

    /// <summary>What the engines so far have answered, as the next one is told.</summary>
    internal Verdict Verdict => new(Action, Result);
}

/// <summary>What start_callback() found.</summary>
/// <param name="Report">The pass so far.</param>
/// <param name="Ops">The vector to call, or null when the engine does not want the event.</param>
internal readonly record struct StartedCallback(Report Report, EngineOps? Ops);

/// <summary>What finish_callback() left.</summary>
/// <param name="Report">The pass so far.</param>
/// <param name="IsDetached">Whether the engine is detached.</param>
internal readonly record struct FinishedCallback(Report Report, bool IsDetached);
