using FsCheck.Xunit;
using Sim.Machine.Memory;
using Sim.Testing.LittlePrograms;

namespace Sim.Properties;

/// <summary>
/// The reduction against two oracles that know nothing of it: an interpreter gives the final states,
/// an enumeration of all schedules gives the partial orders.
/// </summary>
[Properties(Arbitrary = [typeof(LittleProgramGenerator)])]
public sealed class ReductionProperties
{
    private const long Limit = 60_000;

    /// <summary>Nothing is missed, nothing is visited twice, nothing is begun in vain.</summary>
    [Property(MaxTest = 5000, Replay = "20260101,1")]
    public void Each_partial_order_is_visited_once(UnderSc random) => CheckExact(random.Program, MemoryModel.Sc);

    /// <summary>The same with store buffers, where a load does not wait for its processor's stores.</summary>
    [Property(MaxTest = 5000, Replay = "20260102,1")]
    public void Each_partial_order_is_visited_once_under_tso(UnderTso random)
        => CheckExact(random.Program, MemoryModel.Tso);

    /// <summary>The enumeration may go on only once from schedules that are one partial order so far.</summary>
    [Property(MaxTest = 300, Replay = "20260103,1")]
    public void Schedules_of_one_partial_order_reach_one_state(UnderSc random)
        => CheckMerge(random.Program, MemoryModel.Sc);

    /// <summary>The same with store buffers.</summary>
    [Property(MaxTest = 300, Replay = "20260104,1")]
    public void Schedules_of_one_partial_order_reach_one_state_under_tso(UnderTso random)
        => CheckMerge(random.Program, MemoryModel.Tso);

    /// <summary>Merging equal states loses no final state; merging schedules of one partial order loses no partial order.</summary>
    [Property(MaxTest = 1000, Replay = "20260105,1")]
    public void What_is_merged_is_the_same(UnderSc random)
        => Assert.Null(Comparison.Merging(random.Program, MemoryModel.Sc, Limit));

    /// <summary>The same with store buffers.</summary>
    [Property(MaxTest = 1000, Replay = "20260106,1")]
    public void What_is_merged_is_the_same_under_tso(UnderTso random)
        => Assert.Null(Comparison.Merging(random.Program, MemoryModel.Tso, Limit));

    /// <summary>The oracle counts the classic shape as the books do.</summary>
    [Theory]
    [InlineData(MemoryModel.Sc, 3, 6)]
    [InlineData(MemoryModel.Tso, 4, 24)]
    public void The_enumeration_counts_store_buffering(MemoryModel memory, int traces, int schedules)
    {
        LittleProgram program = Programs.StoreBuffering;

        Enumeration all = Enumeration.Of(program, memory, merge: false, Limit);

        Assert.Equal((traces, traces, schedules), (all.Traces.Count, all.States.Count, all.Executions));
    }

    /// <summary>Small programs on which an earlier version of the reduction failed.</summary>
    [Theory]
    [MemberData(nameof(Programs.OnceWrong), MemberType = typeof(Programs))]
    public void Programs_that_once_failed_are_explored_exactly(LittleProgram program)
    {
        CheckExact(program, MemoryModel.Sc);
        CheckExact(program, MemoryModel.Tso);
    }

    private static void CheckExact(LittleProgram program, MemoryModel memory)
    {
        Comparison found = Comparison.Of(program, memory, Limit);

        Assert.Null(found.WrongStates);
        Assert.True(!found.IsComplete || found.IsOptimal, $"{program}: {found}");
    }

    private static void CheckMerge(LittleProgram program, MemoryModel memory)
    {
        Enumeration every = Enumeration.Of(program, memory, merge: false, Limit);
        if (every.IsComplete)
        {
            Enumeration merged = Enumeration.Of(program, memory, merge: true, Limit);
            Assert.True(every.States.SetEquals(merged.States), program.ToString());
            Assert.True(every.Traces.SetEquals(merged.Traces), program.ToString());
        }
    }
}
