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
    /// Each model with weaker ones, both engines. x86-TSO with POWER only without smp_mb__after_atomic: it is a sync on
    /// POWER and nothing on x86, even behind a cmpxchg that fails.
    /// </summary>
    private static readonly (LitmusMemory Strong, LitmusMemory Weak)[] s_order =
    [
        (LitmusMemory.Sc, LitmusMemory.Tso),
        (LitmusMemory.Sc, LitmusMemory.Power),
        (LitmusMemory.Tso, LitmusMemory.Power),
        (LitmusMemory.Power, LitmusMemory.Lkmm),
        (LitmusMemory.Tso, LitmusMemory.Lkmm),
    ];

    [Property(MaxTest = 400, Replay = "20261123,1")]
    public void A_weaker_model_accepts_what_a_stronger_one_accepts(DoNotSize<int> seed)
    {
        string text = RandomLitmus.Of(seed.Item);
        LitmusTest test = Read(text);

        foreach ((LitmusMemory strong, LitmusMemory weak) in s_order)
        {
            if (weak != LitmusMemory.Power || strong != LitmusMemory.Tso || !text.Contains("after_atomic", StringComparison.Ordinal))
            {
                Assert.Subset(Axiomatic(test, weak), Axiomatic(test, strong));
                Assert.Subset(Shown(test, weak), Shown(test, strong));
            }
        }
    }

    [Property(MaxTest = 400, Replay = "20261123,3")]
    public void Keeping_reads_before_later_writes_only_takes_away(DoNotSize<int> seed)
    {
        LitmusTest test = Read(RandomLitmus.Of(seed.Item));

        foreach (LitmusMemory memory in (LitmusMemory[])[LitmusMemory.Power, LitmusMemory.Lkmm])
        {
            HashSet<string> kept = Kept(test, memory);
            Assert.Subset(Axiomatic(test, memory), kept);
            Assert.Subset(kept, Axiomatic(test, LitmusMemory.Sc));
        }
    }

    [Property(MaxTest = 400, Replay = "20261123,5")]
    public void The_machine_reaches_what_the_axioms_allow(DoNotSize<int> seed)
    {
        LitmusTest test = Read(RandomLitmus.Of(seed.Item));

        foreach (LitmusMemory memory in (LitmusMemory[])[LitmusMemory.Sc, LitmusMemory.Tso, LitmusMemory.Power, LitmusMemory.Lkmm])
        {
            Assert.Equal(Kept(test, memory), Shown(test, memory));
        }
    }

    /// <summary>Grace periods, under the models that say what they are.</summary>
    [Property(MaxTest = 400, Replay = "20261123,7")]
    public void Sections_and_grace_periods_are_as_the_axioms_have_them(DoNotSize<int> seed)
    {
        LitmusTest test = Read(RandomLitmus.Of(seed.Item, hasSections: true));

        foreach (LitmusMemory memory in (LitmusMemory[])[LitmusMemory.Sc, LitmusMemory.Lkmm])
        {
            Assert.Equal(Kept(test, memory), Shown(test, memory));
        }
    }

    [Property(MaxTest = 400, Replay = "20261123,9")]
    public void Assembler_of_power_runs_as_the_axioms_have_it(DoNotSize<int> seed)
    {
        LitmusTest test = Read(RandomPowerLitmus.Of(seed.Item));

        HashSet<string> shown = Shown(test, LitmusMemory.Power);
        Assert.Equal(Kept(test, LitmusMemory.Power), shown);
        Assert.Subset(Axiomatic(test, LitmusMemory.Power), shown);
        Assert.Subset(shown, Shown(test, LitmusMemory.Sc));
    }

    private static LitmusTest Read(string text) => LitmusParser.Parse(text, "random");

    private static HashSet<string> Axiomatic(LitmusTest test, LitmusMemory memory) => States(AxiomaticEngine.Run(test, memory));

    private static HashSet<string> Kept(LitmusTest test, LitmusMemory memory) => States(AxiomaticEngine.Run(test, memory, keepsReadWrite: true));

    private static HashSet<string> Shown(LitmusTest test, LitmusMemory memory) => States(OperationalEngine.Run(test, memory, new ExploreOptions()));

    private static HashSet<string> States(LitmusResult result)
    {
        Assert.True(result.Complete);
        return result.Outcomes.Select(outcome => outcome.State).ToHashSet(StringComparer.Ordinal);
    }
}
