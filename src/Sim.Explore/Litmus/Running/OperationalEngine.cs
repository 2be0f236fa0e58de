using Sim.Explore.Litmus.Programs;
using Sim.Explore.Litmus.Views;
using Sim.Machine.Memory;

namespace Sim.Explore.Litmus.Running;

/// <summary>
/// Runs a litmus test step by step: under sc and tso on the machine that runs kernel code, under every
/// schedule that matters; under lkmm and power on processors with views.
/// </summary>
public static class OperationalEngine
{
    /// <summary>Runs a test.</summary>
    /// <param name="test">The test.</param>
    /// <param name="memory">How memory behaves.</param>
    /// <param name="options">How far to explore; the strategy may be any.</param>
    /// <returns>The final states, with the number of explored executions of each.</returns>
    public static LitmusResult Run(LitmusTest test, LitmusMemory memory, ExploreOptions options)
        => memory is LitmusMemory.Sc or LitmusMemory.Tso
            ? OnMachine(test, memory == LitmusMemory.Tso ? MemoryModel.Tso : MemoryModel.Sc, options)
            : ViewMachine.Run(test, memory, options.Stop is { } stop ? () => stop(default) : null);

    /// <summary>As <see cref="Run"/>, always on the machine that runs kernel code.</summary>
    internal static LitmusResult OnMachine(LitmusTest test, MemoryModel memory, ExploreOptions options)
    {
        var tally = new OutcomeTally(test);
        LitmusWorld? world = null;
        ExploreResult result = Explorer.Run(
            machine =>
            {
                world = new LitmusWorld(machine, test);
                return null;
            },
            options with
            {
                Memory = memory,
                StopAtViolation = false,
                OnExecution = _ =>
                {
                    if (world!.IsComplete)
                    {
                        tally.Add(world.ContentOf);
                    }
                },
            });
        return tally.Result(result.Complete);
    }
}
