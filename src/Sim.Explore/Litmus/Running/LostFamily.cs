using Sim.Explore.Axiomatic;
using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Running;

/// <summary>
/// The tests of which the operational engine does not show every outcome. It hands the value of a load to
/// the thread at once, as kernel code needs it, so no load is delayed past a later store of its thread.
/// </summary>
public static class LostFamily
{
    /// <summary>What the engine has lost of a test, in words, or null when nothing is.</summary>
    /// <param name="test">The test.</param>
    /// <param name="memory">The model.</param>
    /// <param name="found">What the engine found.</param>
    public static string? Of(LitmusTest test, LitmusMemory memory, LitmusResult found)
    {
        if (memory is LitmusMemory.Sc or LitmusMemory.Tso || !found.Complete)
        {
            return null;
        }

        try
        {
            int all = AxiomaticEngine.Run(test, memory).Outcomes.Count;
            int kept = AxiomaticEngine.Run(test, memory, keepsReadWrite: true).Outcomes.Count;
            int shown = found.Outcomes.Count;
            return shown == all ? null
                : shown < kept ? FormattableString.Invariant($"views keep more order here than the model; they show {shown} of {all} final states")
                : FormattableString.Invariant($"load buffering; {shown} of {all} final states need no load delayed past a later store");
        }
        catch (TooLargeException mistake)
        {
            return $"load buffering, perhaps: {mistake.Message}, so the axioms cannot tell";
        }
    }
}
