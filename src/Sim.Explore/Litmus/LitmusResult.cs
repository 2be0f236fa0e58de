namespace Sim.Explore.Litmus;

/// <summary>How often the condition of a test holds at the end.</summary>
public enum Observation
{
    /// <summary>In no final state.</summary>
    Never,

    /// <summary>In some.</summary>
    Sometimes,

    /// <summary>In all.</summary>
    Always,
}

/// <summary>A final state.</summary>
/// <param name="State">As herd writes it: <c>0:r1=0; [x]=1;</c>.</param>
/// <param name="Count">In how many executions it was reached.</param>
/// <param name="Holds">Whether the condition holds there.</param>
public sealed record Outcome(string State, long Count, bool Holds);

/// <summary>What an engine found out about a test.</summary>
public sealed record LitmusResult
{
    /// <summary>The final states, in order of their text.</summary>
    public required IReadOnlyList<Outcome> Outcomes { get; init; }

    /// <summary>Executions that the model allows and that the filter of the test lets pass.</summary>
    public required long Executions { get; init; }

    /// <summary>Whether everything was looked at.</summary>
    public required bool Complete { get; init; }

    /// <summary>Executions in which the condition holds.</summary>
    public long Positive => Outcomes.Where(outcome => outcome.Holds).Sum(outcome => outcome.Count);

    /// <summary>Executions in which it does not.</summary>
    public long Negative => Outcomes.Where(outcome => !outcome.Holds).Sum(outcome => outcome.Count);

    /// <summary>The verdict.</summary>
    public Observation Observation
        => Positive == 0 ? Observation.Never : Negative == 0 ? Observation.Always : Observation.Sometimes;
}
