namespace Sim.Explore.Litmus.Programs;

/// <summary>How a test asks about its final states.</summary>
public enum Quantifier
{
    /// <summary>Can it happen?</summary>
    Exists,

    /// <summary>Can it never happen?</summary>
    NotExists,

    /// <summary>Does it always hold?</summary>
    Forall,
}

/// <summary>A litmus test: a few short threads, and a question about the states in which they can end.</summary>
public sealed class LitmusTest
{
    /// <summary>The language.</summary>
    public required Architecture Architecture { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Its locations.</summary>
    public required Symbols Symbols { get; init; }

    /// <summary>What the locations hold at first; one that is not here holds 0.</summary>
    public required IReadOnlyDictionary<int, long> Memory { get; init; }

    /// <summary>Its threads.</summary>
    public required IReadOnlyList<LitmusThread> Threads { get; init; }

    /// <summary>How it asks.</summary>
    public required Quantifier Quantifier { get; init; }

    /// <summary>What it asks about.</summary>
    public required Proposition Condition { get; init; }

    /// <summary>Only final states in which this holds count; null for all.</summary>
    public required Proposition? Filter { get; init; }

    /// <summary>The places that tell final states apart, in order.</summary>
    public required IReadOnlyList<Place> Observed { get; init; }

    /// <summary>The verdict that a comment in the test announces, or null.</summary>
    public string? Announced { get; init; }

    /// <summary>The question as herd writes it.</summary>
    public string Question
    {
        get
        {
            string quantifier = Quantifier switch
            {
                Quantifier.Exists => "exists",
                Quantifier.NotExists => "~exists",
                Quantifier.Forall => "forall",
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            return $"{quantifier} ({Condition.Show(Symbols)})";
        }
    }

    /// <summary>What a location holds at first.</summary>
    public long InitialValue(int location) => Memory.TryGetValue(location, out long value) ? value : 0;
}
