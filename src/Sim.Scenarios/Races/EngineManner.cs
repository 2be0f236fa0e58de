namespace Sim.Scenarios.Races;

/// <summary>What an engine of the pass scenario does in its callbacks.</summary>
public enum EngineManner
{
    /// <summary>Nothing; the engine wants QUIESCE and every event.</summary>
    Plain = 0,

    /// <summary>Every callback answers DETACH.</summary>
    Detaches = 1,

    /// <summary>The first callback that does not tell of a system call's entry attaches another engine, which at once asks for everything.</summary>
    Attaches = 2,

    /// <summary>The engine wants QUIESCE alone, and each quiesce callback asks for the event that it precedes.</summary>
    AsksInQuiesce = 3,

    /// <summary>The engines answer BLOCKSTEP, SINGLESTEP, RESUME in turn.</summary>
    Steps = 4,

    /// <summary>The oldest engine asks for a single step in the first pass; nobody answers one.</summary>
    StepsOnce = 5,

    /// <summary>The engines want QUIESCE alone but for the youngest, which wants events alone.</summary>
    OnlyQuiesce = 6,

    /// <summary>The oldest and the youngest disagree on the bits of system calls and signals.</summary>
    Disagrees = 7,

    /// <summary>The oldest wants system calls alone and answers STOP on the way out; the others ask for an INTERRUPT.</summary>
    HoldsQuietly = 8,
}
