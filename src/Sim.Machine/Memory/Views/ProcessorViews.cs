namespace Sim.Machine.Memory.Views;

/// <summary>What a processor has seen. Never changes; a step puts another one in its place.</summary>
internal sealed record ProcessorViews
{
    internal static readonly ProcessorViews Fresh = new();

    /// <summary>What loads from now on must see.</summary>
    internal View Current { get; init; } = View.Empty;

    /// <summary>What everything that was read has seen.</summary>
    internal View Acquired { get; init; } = View.Empty;

    /// <summary>As <see cref="Acquired"/>, without the reads of atomic operations that answer nothing: smp_rmb orders the others.</summary>
    internal View Answered { get; init; } = View.Empty;

    /// <summary>What an ordinary store publishes.</summary>
    internal View Released { get; init; } = View.Empty;

    /// <summary>What the processor has stored.</summary>
    internal View Own { get; init; } = View.Empty;

    /// <summary>What the processor has stored, with what it published so: barriers between stores go on from each other.</summary>
    internal View Stored { get; init; } = View.Empty;

    /// <summary>What had been seen at the last unlock.</summary>
    internal View LastUnlock { get; init; } = View.Empty;

    /// <summary>What an ordinary store published at the last unlock, with what had been stored.</summary>
    internal View HandedOn { get; init; } = View.Empty;

    /// <summary>What barriers of those that the processor read from have published.</summary>
    internal View Chained { get; init; } = View.Empty;

    /// <summary>The full barriers that happen before every access from now on.</summary>
    internal FenceClock Fences { get; init; } = FenceClock.None;

    /// <summary>The full barriers that happen before every store from now on.</summary>
    internal FenceClock Heard { get; init; } = FenceClock.None;

    /// <summary>As <see cref="Heard"/>, for loads behind an smp_rmb.</summary>
    internal FenceClock AnsweredFences { get; init; } = FenceClock.None;

    /// <summary>The full barriers that happened before the last unlock.</summary>
    internal FenceClock UnlockFences { get; init; } = FenceClock.None;

    /// <summary>What was known with pointers that were loaded, newest first.</summary>
    internal LoadedPointer? Pointers { get; init; }

    /// <summary>What the newest load knew: a dependency on it carries that.</summary>
    internal Knowledge Newest { get; init; } = Knowledge.Nothing;

    /// <summary>On POWER: words that were read as they were at first; a later write would not say so.</summary>
    internal TouchedWord? Touched { get; init; }

    /// <summary>What is known of the program that runs, or null.</summary>
    internal ProgramViews? Program { get; init; }

    /// <summary>How many writes the processor has made.</summary>
    internal int Writes { get; init; }

    /// <summary>Everything that the processor has seen or stored.</summary>
    internal View Everything => Current.With(Acquired).With(Own);
}
