namespace Sim.Scenarios.Museum;

/// <summary>A mistake that shipped and is not put back yet.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">The mistake in one line.</param>
/// <param name="Group">Where it was made.</param>
/// <param name="Why">What is missing; null when it is ptrace().</param>
public sealed record AbsentExhibit(string Name, string Title, ExhibitGroup Group, string? Why = null)
{
    /// <summary>Whether it cannot be shown without ptrace().</summary>
    public bool NeedsPtrace => Why is null;
}
