using Sim.Explore;
using Sim.Explore.Axiomatic;
using Sim.Explore.Litmus;
using Sim.Explore.Litmus.Parsing;
using Sim.Explore.Litmus.Programs;
using Sim.Explore.Litmus.Running;

namespace Sim.Unit.Litmus;

/// <summary>What words can hold, where a value comes about in more than one way.</summary>
public sealed class ValuesOfAtomics
{
    /// <summary>P1 stores 5 whatever it read, and P0 adds to it: the axioms count both ways to 5.</summary>
    [Theory]
    [InlineData(LitmusMemory.Sc)]
    [InlineData(LitmusMemory.Tso)]
    [InlineData(LitmusMemory.Lkmm)]
    public void A_chain_on_a_value_of_two_origins_is_followed_from_both(LitmusMemory memory)
    {
        LitmusTest test = LitmusParser.Parse(
            """
            C chain
            { }
            P0(int *x, int *y) { atomic_inc(x); atomic_inc(y); }
            P1(int *x, int *y)
            {
                atomic_inc(y);
                int r1 = xchg(x, 4);
                int r2 = xchg(y, r1 * 0 + 5);
                int r3 = READ_ONCE(*y);
            }
            locations [1:r1; 1:r2; 1:r3;]
            exists (1:r1=1 /\ 1:r2=1 /\ 1:r3=6)
            """,
            "chain");

        LitmusResult allowed = AxiomaticEngine.Run(test, memory, keepsReadWrite: true);
        LitmusResult shown = OperationalEngine.Run(test, memory, new ExploreOptions());

        Assert.Equal(Observation.Sometimes, allowed.Observation);
        Assert.Equal(allowed.Outcomes, shown.Outcomes);
    }
}
