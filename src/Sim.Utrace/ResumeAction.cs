namespace Sim.Utrace;

/// <summary>
/// What a task does next as far as an engine is concerned. The order is the meaning: when engines
/// disagree, the smallest wins. Source: spec section 2.2.
/// </summary>
public enum ResumeAction
{
    /// <summary>Stay quiescent.</summary>
    Stop = 0,

    /// <summary>Make a signal report soon, interrupting a sleep.</summary>
    Interrupt = 1,

    /// <summary>Make a quiesce report soon.</summary>
    Report = 2,

    /// <summary>Run one instruction.</summary>
    SingleStep = 3,

    /// <summary>Run to the next branch.</summary>
    BlockStep = 4,

    /// <summary>Run.</summary>
    Resume = 5,

    /// <summary>Run, and the engine goes away.</summary>
    Detach = 6,
}

/// <summary>What a callback answers: a resume action and the event's own bits.</summary>
/// <param name="Resume">What the task does next.</param>
/// <param name="Bits">Signal or syscall action; 0 for other events.</param>
public readonly record struct Verdict(ResumeAction Resume, int Bits = 0)
{
    /// <summary>A resume action alone.</summary>
    public static implicit operator Verdict(ResumeAction resume) => new(resume);

    /// <summary>A resume action alone.</summary>
    public static Verdict FromResumeAction(ResumeAction resume) => new(resume);
}
