using Sim.Explore.Litmus.Programs;
using Sim.Machine.Memory;

namespace Sim.Explore.Litmus.Running;

/// <summary>
/// Runs a litmus test step by step, under every schedule that matters, on the machine that runs kernel code.
/// </summary>
public static class OperationalEngine
{
    /// <summary>Runs a test.</summary>
    /// <param name="test">The test.</param>
    /// <param name="memory">How memory behaves.</param>
    /// <param name="options">How far to explore; the strategy may be any.</param>
    /// <returns>
    /// The final states, with the number of executions of each: of the explored ones under sc and tso; under models
    /// with views of those that differ in who read from whom or in the order of a word's writes.
    /// </returns>
    public static LitmusResult Run(LitmusTest test, LitmusMemory memory, ExploreOptions options)
    {
        MemoryModel model = ModelOf(memory);
        var tally = new OutcomeTally(test);
        var known = new HashSet<ulong>();
        LitmusWorld? world = null;
        ExploreResult result = Explorer.Run(
            machine =>
            {
                world = new LitmusWorld(machine, test);
                return null;
            },
            options with
            {
                Memory = model,
                StopAtViolation = false,
                OnExecution = _ =>
                {
                    if (world!.IsComplete && (!world.HasViews || known.Add(world.Execution)))
                    {
                        tally.Add(world.ContentOf);
                    }
                },
            });
        return tally.Result(result.Complete);
    }

    private static MemoryModel ModelOf(LitmusMemory memory) => memory switch
    {
        LitmusMemory.Sc => MemoryModel.Sc,
        LitmusMemory.Tso => MemoryModel.Tso,
        LitmusMemory.Power => MemoryModel.Power,
        LitmusMemory.Lkmm => MemoryModel.Lkmm,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
