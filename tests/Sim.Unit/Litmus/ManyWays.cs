using Sim.Explore;
using Sim.Explore.Litmus;
using Sim.Explore.Litmus.Parsing;
using Sim.Explore.Litmus.Programs;
using Sim.Explore.Litmus.Running;

namespace Sim.Unit.Litmus;

/// <summary>A load that may take more writes than there can be alternatives: what is left out is said.</summary>
public sealed class ManyWays
{
    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void A_search_that_leaves_ways_out_is_not_complete(int stores, bool isComplete)
    {
        string text = $$"""
            C many
            { }
            P0(int *x) { {{string.Concat(Enumerable.Range(1, stores).Select(value => $"WRITE_ONCE(*x, {value}); "))}} }
            P1(int *x) { int r0 = READ_ONCE(*x); }
            exists (1:r0=0)
            """;
        LitmusTest test = LitmusParser.Parse(text, "many");

        LitmusResult result = OperationalEngine.Run(test, LitmusMemory.Lkmm, new ExploreOptions());

        Assert.Equal(isComplete, result.Complete);
        Assert.Equal(stores + 1, result.Outcomes.Count);
    }
}
