namespace Sim.Machine.Memory.Views;

/// <summary>What an access knows that depends on a load: what it must see, and the full barriers before it.</summary>
internal sealed record Knowledge(View Seen, FenceClock Fences)
{
    internal static readonly Knowledge Nothing = new(View.Empty, FenceClock.None);

    internal bool IsNothing => Seen.IsEmpty && Fences.IsNone;

    internal Knowledge With(Knowledge? other)
    {
        if (other is null)
        {
            return this;
        }

        View seen = Seen.With(other.Seen);
        FenceClock fences = Fences.With(other.Fences);
        return ReferenceEquals(seen, Seen) && ReferenceEquals(fences, Fences) ? this : new Knowledge(seen, fences);
    }
}

/// <summary>What is computed from loads knows. An access of POWER begins, and later can no longer be taken back.</summary>
/// <param name="Begun">What the loads knew when they had begun.</param>
/// <param name="Committed">On POWER: what they knew when they could no longer be taken back.</param>
internal sealed record Dependency(Knowledge Begun, Knowledge Committed)
{
    internal static readonly Dependency Nothing = new(Knowledge.Nothing, Knowledge.Nothing);

    internal Dependency With(Dependency other)
    {
        Knowledge begun = Begun.With(other.Begun);
        Knowledge committed = Committed.With(other.Committed);
        return ReferenceEquals(begun, Begun) && ReferenceEquals(committed, Committed) ? this : new Dependency(begun, committed);
    }
}

/// <summary>A pointer that was loaded: accesses through it know what its load knew.</summary>
internal sealed record LoadedPointer(long Target, Knowledge Known, LoadedPointer? Next);

/// <summary>A word that was read as it was at first.</summary>
internal sealed record TouchedWord(WordHistory Word, TouchedWord? Next);

/// <summary>A branch on something that was loaded.</summary>
/// <param name="End">Where what depends on it ends in the program.</param>
/// <param name="Known">What its condition knows.</param>
internal readonly record struct TakenBranch(int End, Knowledge Known);

/// <summary>An access that a processor has made.</summary>
/// <param name="Write">What it read or wrote.</param>
/// <param name="IsRead">Whether it read.</param>
/// <param name="Known">What it knew when it had begun, and on POWER when it could no longer be taken back.</param>
/// <param name="Fences">The full barriers that happen before it.</param>
/// <param name="Next">The one before.</param>
internal sealed record MadeAccess(WordWrite Write, bool IsRead, Dependency Known, FenceClock Fences, MadeAccess? Next);
