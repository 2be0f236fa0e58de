using FsCheck;
using FsCheck.Xunit;
using Sim.Explore;
using Sim.Explore.Axiomatic;
using Sim.Explore.Litmus;
using Sim.Explore.Litmus.Parsing;
using Sim.Explore.Litmus.Programs;
using Sim.Explore.Litmus.Running;
using Sim.Testing;

namespace Sim.Properties;

/// <summary>The memory models against each other, and the machine against the axioms, on random tests.</summary>
public sealed class LitmusProperties
{
    /// <summary>
    /// Each model with weaker ones. Not x86-TSO with POWER: smp_mb__after_atomic is a sync on POWER and
    /// nothing on x86, even behind a cmpxchg that fails.
    /// </summary>
    private static readonly (LitmusMemory Strong, LitmusMemory Weak)[] s_order =
    [
        (LitmusMemory.Sc, LitmusMemory.Tso),
        (LitmusMemory.Sc, LitmusMemory.Power),
        (LitmusMemory.Power, LitmusMemory.Lkmm),
        (LitmusMemory.Tso, LitmusMemory.Lkmm),
    ];

    [Property(MaxTest = 400, Replay = "20261123,1")]
    public void A_weaker_model_accepts_what_a_stronger_one_accepts(DoNotSize<int> seed)
    {
        LitmusTest test = Read(seed.Item);

        Assert.All(s_order, pair => Assert.Subset(Axiomatic(test, pair.Weak), Axiomatic(test, pair.Strong)));
    }

    [Property(MaxTest = 400, Replay = "20261123,3")]
    public void Keeping_reads_before_later_writes_only_takes_away(DoNotSize<int> seed)
    {
        LitmusTest test = Read(seed.Item);

        foreach (LitmusMemory memory in (LitmusMemory[])[LitmusMemory.Power, LitmusMemory.Lkmm])
        {
            HashSet<string> kept = States(AxiomaticEngine.Run(test, memory, keepsReadWrite: true));
            Assert.Subset(Axiomatic(test, memory), kept);
            Assert.Subset(kept, Axiomatic(test, LitmusMemory.Sc));
        }
    }

    [Property(MaxTest = 400, Replay = "20261123,5")]
    public void The_machine_reaches_what_the_axioms_allow(DoNotSize<int> seed)
    {
        LitmusTest test = Read(seed.Item);

        foreach (LitmusMemory memory in (LitmusMemory[])[LitmusMemory.Sc, LitmusMemory.Tso, LitmusMemory.Lkmm])
        {
            Assert.Equal(
                States(AxiomaticEngine.Run(test, memory, keepsReadWrite: true)),
                States(OperationalEngine.Run(test, memory, new ExploreOptions())));
        }
    }

    private static LitmusTest Read(int seed) => LitmusParser.Parse(RandomLitmus.Of(seed), "random");

    private static HashSet<string> Axiomatic(LitmusTest test, LitmusMemory memory) => States(AxiomaticEngine.Run(test, memory));

    private static HashSet<string> States(LitmusResult result)
        => result.Outcomes.Select(outcome => outcome.State).ToHashSet(StringComparer.Ordinal);
}
