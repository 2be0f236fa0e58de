using Sim.Explore;
using Sim.Explore.Axiomatic;
using Sim.Explore.Litmus;
using Sim.Explore.Litmus.Programs;
using Sim.Explore.Litmus.Running;

namespace Sim.Unit.Litmus;

/// <summary>
/// The machine that runs kernel code, under the models with views: programs in C of the kernel against the axioms
/// with every read kept before later writes, and the models against each other.
/// </summary>
public sealed class MachineWithViews
{
    /// <summary>Code of the kernel under lkmm is among the published verdicts; herd has none for it under POWER.</summary>
    [Fact]
    public void Shows_what_the_axioms_of_power_allow_and_nothing_else()
    {
        List<CollectionRow> rows = KernelPrograms();

        Assert.True(rows.Count > 150);
        Assert.Empty(LitmusCollection.Check(rows, (_, test) =>
        {
            HashSet<string> allowed = StatesOf(AxiomaticEngine.Run(test, LitmusMemory.Power, keepsReadWrite: true));
            HashSet<string> shown = StatesOf(Run(test, LitmusMemory.Power));
            return shown.SetEquals(allowed) ? null
                : $"shows {Missing(shown, allowed)}, does not show {Missing(allowed, shown)}";
        }));
    }

    [Theory]
    [InlineData(LitmusMemory.Sc, LitmusMemory.Tso)]
    [InlineData(LitmusMemory.Tso, LitmusMemory.Lkmm)]
    [InlineData(LitmusMemory.Sc, LitmusMemory.Power)]
    [InlineData(LitmusMemory.Power, LitmusMemory.Lkmm)]
    public void A_weaker_model_shows_what_a_stronger_one_shows(LitmusMemory stronger, LitmusMemory weaker)
        => Assert.Empty(LitmusCollection.Check(KernelPrograms(), (_, test) =>
        {
            string lost = Missing(StatesOf(Run(test, stronger)), StatesOf(Run(test, weaker)));
            return lost.Length == 0 ? null : $"only {stronger} shows {lost}";
        }));

    /// <summary>The reduction leaves nothing out: every schedule, without it, ends in the same states.</summary>
    [Theory]
    [InlineData("MP+wmb+po", LitmusMemory.Lkmm)]
    [InlineData("WRC+data+rmb", LitmusMemory.Power)]
    [InlineData("2+2W+wmb+wmb", LitmusMemory.Lkmm)]
    [InlineData("SB+ulk+mb", LitmusMemory.Power)]
    [InlineData("R+wmb+mb", LitmusMemory.Lkmm)]
    public void Every_schedule_ends_in_the_same_states(string name, LitmusMemory memory)
    {
        LitmusTest test = LitmusCollection.Read(Repository.Checkout.File($"data/litmus/worked/{name}.litmus"));
        LitmusResult all = OperationalEngine.Run(test, memory, new ExploreOptions { Strategy = Strategy.Dfs });

        Assert.Equal(StatesOf(all), StatesOf(Run(test, memory)));
    }

    private static List<CollectionRow> KernelPrograms() => LitmusCollection.Rows().FindAll(row => row.Memory == LitmusMemory.Lkmm);

    private static LitmusResult Run(LitmusTest test, LitmusMemory memory) => OperationalEngine.Run(test, memory, new ExploreOptions());

    private static string Missing(HashSet<string> from, HashSet<string> there)
        => string.Join(" | ", from.Except(there, StringComparer.Ordinal));

    private static HashSet<string> StatesOf(LitmusResult result)
    {
        Assert.True(result.Complete);
        return result.Outcomes.Select(outcome => outcome.State).ToHashSet(StringComparer.Ordinal);
    }
}
