using Sim.Explore.Axiomatic;
using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Running;

/// <summary>
/// The tests of which the operational engine does not show every outcome. It hands the value of a load to
/// the thread at once, as kernel code needs it, so no load is delayed past a later store of its thread.
/// </summary>
public static class LostFamily
{
    /// <summary>How many times the axioms look for a way to go on; no shared test has 2,000.</summary>
    private const int MostLooks = 50_000;

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
            LitmusResult all = AxiomaticEngine.Run(test, memory, Limit());
            LitmusResult kept = AxiomaticEngine.Run(test, memory, Limit(), keepsReadWrite: true);
            int shown = found.Outcomes.Count;
            return !all.Complete || !kept.Complete ? "load buffering, perhaps: there are too many executions for the axioms to tell"
                : shown == all.Outcomes.Count ? null
                : shown < kept.Outcomes.Count
                    ? FormattableString.Invariant($"views keep more order here than the model; they show {shown} of {all.Outcomes.Count} final states")
                : FormattableString.Invariant($"load buffering; {shown} of {all.Outcomes.Count} final states need no load delayed past a later store");
        }
        catch (TooLargeException mistake)
        {
            return $"load buffering, perhaps: {mistake.Message}, so the axioms cannot tell";
        }
    }

    /// <summary>Ends an enumeration that is asking too much, always at the same place.</summary>
    private static Func<bool> Limit()
    {
        int asked = 0;
        return () => ++asked > MostLooks;
    }
}
