using Sim.Machine.Memory;

namespace Sim.Cli.Pictures;

/// <summary>What a picture says around the schedule.</summary>
/// <param name="World">The world in a few words.</param>
/// <param name="Sentence">What the broken guarantee says, if it is known.</param>
/// <param name="IsGuarantee">Whether a guarantee of the scenario broke, and not a rule of every world.</param>
/// <param name="Removed">The sites that were taken away.</param>
/// <param name="Token">The schedule as one word.</param>
internal sealed record Caption(
    string World, string? Sentence, bool IsGuarantee, IReadOnlyList<Site> Removed, string Token);
