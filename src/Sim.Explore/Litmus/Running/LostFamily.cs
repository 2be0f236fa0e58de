using Sim.Explore.Axiomatic;
using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Running;

/// <summary>
/// The tests of which the operational engine cannot show every outcome. It hands the value of a load to
/// the thread at once, as kernel code needs it, so no load is delayed past a later store of its thread.
/// </summary>
public static class LostFamily
{
    /// <summary>What is lost of a test, in words, or null when nothing is.</summary>
    /// <exception cref="TooLargeException">The test is too large to say.</exception>
    public static string? Of(LitmusTest test, LitmusMemory memory)
    {
        if (memory is LitmusMemory.Sc or LitmusMemory.Tso)
        {
            return null;
        }

        IReadOnlyList<Outcome> all = AxiomaticEngine.Run(test, memory).Outcomes;
        int kept = AxiomaticEngine.Run(test, memory, keepsReadWrite: true).Outcomes.Count;
        return kept == all.Count
            ? null
            : FormattableString.Invariant($"load buffering; {kept} of {all.Count} final states need no load delayed past a later store");
    }
}
