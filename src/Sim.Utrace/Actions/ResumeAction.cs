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
