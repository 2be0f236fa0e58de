using Sim.Explore;
using Sim.Explore.Axiomatic;
using Sim.Explore.Litmus;
using Sim.Explore.Litmus.Parsing;
using Sim.Explore.Litmus.Programs;
using Sim.Explore.Litmus.Running;

namespace Sim.Unit.Litmus;

/// <summary>Both engines against herd7: the verdict, the set of final states, and the number of executions.</summary>
public sealed class PublishedVerdicts
{
    [Fact]
    public void The_axiomatic_engine_agrees_with_herd()
    {
        List<CollectionRow> rows = LitmusCollection.Rows();

        Assert.True(rows.Count > 1000);
        Assert.Empty(LitmusCollection.Check(rows, static (row, test) =>
        {
            LitmusResult result = AxiomaticEngine.Run(test, row.Memory);
            return LitmusCollection.Difference(row, result) ??
                (row.Executions is { } executions && executions != result.Executions
                    ? $"{result.Executions} executions instead of {executions}"
                    : null);
        }));
    }

    /// <summary>An optimal reduction visits each execution once, so even the counts are those of herd.</summary>
    [Fact]
    public void The_machine_agrees_with_herd_under_sc_and_tso()
    {
        List<CollectionRow> rows = LitmusCollection.Rows().FindAll(row => row.Memory is LitmusMemory.Sc or LitmusMemory.Tso);

        Assert.True(rows.Count > 700);
        Assert.Empty(LitmusCollection.Check(rows, static (row, test) =>
            LitmusCollection.Difference(row, OperationalEngine.Run(test, row.Memory, new ExploreOptions()))));
    }

    /// <summary>
    /// Under models with views: the same executions as the axioms with every read kept before later writes, nothing
    /// that herd forbids, and nothing lost without a word.
    /// </summary>
    [Theory]
    [InlineData(LitmusMemory.Lkmm, 150)]
    [InlineData(LitmusMemory.Power, 200)]
    public void Views_reach_exactly_what_the_axioms_allow_without_delayed_reads(LitmusMemory memory, int atLeast)
    {
        List<CollectionRow> rows = LitmusCollection.Rows().FindAll(row => row.Memory == memory);

        Assert.True(rows.Count > atLeast);
        Assert.Empty(LitmusCollection.Check(rows, static (row, test) =>
        {
            LitmusResult kept = AxiomaticEngine.Run(test, row.Memory, keepsReadWrite: true);
            LitmusResult stepped = OperationalEngine.Run(test, row.Memory, new ExploreOptions());
            HashSet<string> states = stepped.Outcomes.Select(outcome => VerdictIndex.Normal(outcome.State)).ToHashSet(StringComparer.Ordinal);
            return !stepped.Complete ? "not complete"
                : !kept.Outcomes.SequenceEqual(stepped.Outcomes) ? $"{stepped.Executions} executions instead of {kept.Executions}"
                : row.Expected.States is not { } all ? null
                : !all.IsSupersetOf(states) ? "a state is shown that herd forbids"
                : (LostFamily.Of(test, row.Memory, stepped) is null) == (states.Count < all.Count) ? "states are lost in silence, or none are"
                : null;
        }));
    }

    [Theory]
    [InlineData(8, LitmusMemory.Lkmm)]
    [InlineData(9, LitmusMemory.Power)]
    public void Without_reads_that_are_delayed_past_writes_the_published_shapes_are_lost_and_no_others(
        int column, LitmusMemory memory)
    {
        var wrong = new List<string>();
        int checkedRows = 0;
        foreach (string folder in LitmusCollection.Folders)
        {
            foreach (string[] fields in File.ReadLines(Path.Combine(folder, "shape-verdicts.tsv")).Skip(1).Select(line => line.Split('\t')))
            {
                if (fields.Length > column && fields[column].Length > 0)
                {
                    checkedRows++;
                    LitmusTest test = LitmusCollection.Read(Path.Combine(folder, fields[3]));
                    Observation found = AxiomaticEngine.Run(test, memory, keepsReadWrite: true).Observation;
                    if (!string.Equals(found.ToString(), fields[column], StringComparison.Ordinal))
                    {
                        wrong.Add($"{fields[3]}: {found} instead of {fields[column]}");
                    }
                }
            }
        }

        Assert.True(checkedRows > 50);
        Assert.Empty(wrong);
    }

    /// <summary>The family has a name, and a test of it is never answered without saying so.</summary>
    [Fact]
    public void Load_buffering_is_named()
    {
        string text = """
            C LB
            { }
            P0(int *x, int *y) { int r0 = READ_ONCE(*x); WRITE_ONCE(*y, 1); }
            P1(int *x, int *y) { int r0 = READ_ONCE(*y); WRITE_ONCE(*x, 1); }
            exists (0:r0=1 /\ 1:r0=1)
            """;
        LitmusTest test = LitmusParser.Parse(text, "lb");

        Assert.Equal("load buffering; 3 of 4 final states need no load delayed past a later store", Lost(test, LitmusMemory.Lkmm));
        Assert.Equal("load buffering; 3 of 4 final states need no load delayed past a later store", Lost(test, LitmusMemory.Power));
        Assert.Null(Lost(test, LitmusMemory.Tso));
    }

    /// <summary>Where the axioms would take for ever, the machine's answer is given, and it is said what nobody knows.</summary>
    [Fact]
    public void What_the_axioms_cannot_enumerate_is_said()
    {
        string text = """
            C adds
            { }
            P0(int *x) { atomic_add(1, x); int r1 = READ_ONCE(*x); int r2 = cmpxchg(x, 0, 3); }
            P1(int *x) { atomic_add(11, x); atomic_add(12, x); }
            P2(int *x) { atomic_inc(x); smp_wmb(); WRITE_ONCE(*x, 22); int r2 = smp_load_acquire(x); }
            locations [0:r1; 0:r2; 2:r2; x;]
            exists (x=0)
            """;
        LitmusTest test = LitmusParser.Parse(text, "adds");

        Assert.Equal(
            "load buffering, perhaps: there are too many executions for the axioms to tell",
            LostFamily.Of(test, LitmusMemory.Lkmm, OperationalEngine.Run(test, LitmusMemory.Lkmm, new ExploreOptions())));
    }

    private static string? Lost(LitmusTest test, LitmusMemory memory)
        => LostFamily.Of(test, memory, OperationalEngine.Run(test, memory, new ExploreOptions()));
}
