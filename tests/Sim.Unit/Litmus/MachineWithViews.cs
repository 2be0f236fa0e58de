using Sim.Explore;
using Sim.Explore.Axiomatic;
using Sim.Explore.Litmus;
using Sim.Explore.Litmus.Running;
using Sim.Machine.Memory;

namespace Sim.Unit.Litmus;

/// <summary>
/// The machine that runs kernel code, under the models with views, against the axioms with every read kept
/// before later writes.
/// </summary>
public sealed class MachineWithViews
{
    /// <summary>Nothing forbidden is ever shown, and of few tests anything is lost.</summary>
    [Theory]
    [InlineData(LitmusMemory.Lkmm, MemoryModel.Lkmm)]
    [InlineData(LitmusMemory.Power, MemoryModel.Power)]
    public void Shows_what_the_axioms_allow_and_nothing_else(LitmusMemory axioms, MemoryModel memory)
    {
        List<CollectionRow> rows = LitmusCollection.Rows().FindAll(row => row.Memory == LitmusMemory.Lkmm);
        int fewer = 0;

        Assert.True(rows.Count > 150);
        string[] wrong = LitmusCollection.Check(rows, (row, test) =>
        {
            HashSet<string> allowed = StatesOf(AxiomaticEngine.Run(test, axioms, keepsReadWrite: true));
            HashSet<string> shown = StatesOf(OperationalEngine.OnMachine(test, memory, new ExploreOptions()));
            if (shown.Count < allowed.Count)
            {
                System.Threading.Interlocked.Increment(ref fewer);
                Lose(row, allowed, shown, memory);
            }

            return shown.IsSubsetOf(allowed) ? null : $"shows {string.Join(" | ", shown.Except(allowed, StringComparer.Ordinal))}";
        });
        Assert.True(wrong.Length == 0, $"{wrong.Length} wrong, {fewer} fewer of {rows.Count}\n" + string.Join("\n", wrong.Take(60)));
        Assert.True(fewer * 20 < rows.Count, $"{fewer} of {rows.Count} lose states");
    }

    private static void Lose(CollectionRow row, HashSet<string> a, HashSet<string> b, MemoryModel m)
    {
        lock (s_l) File.AppendAllText("/tmp/h/views-lost.txt", $"{m} {Path.GetFileName(row.File)} {b.Count} of {a.Count}: {string.Join(" | ", a.Except(b, StringComparer.Ordinal).Take(2))}\n");
    }

    private static readonly System.Threading.Lock s_l = new();

    private static HashSet<string> StatesOf(LitmusResult result)
    {
        Assert.True(result.Complete);
        return result.Outcomes.Select(outcome => outcome.State).ToHashSet(StringComparer.Ordinal);
    }
}
