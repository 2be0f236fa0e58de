using System.Text.Json;
using Sim.Explore;
using Sim.Machine.Memory;

namespace Sim.Unit.Scenarios;

/// <summary>A search that is stopped and goes on later ends as if it had never been stopped.</summary>
public sealed class Checkpoints
{
    [Theory]
    [InlineData("yardstick/attach attachers=5", MemoryModel.Sc)]
    [InlineData("yardstick/attach attachers=5", MemoryModel.Tso)]
    [InlineData("detach-vs-death", MemoryModel.Tso)]
    [InlineData("barrier-vs-callback", MemoryModel.Tso)]
    public void A_search_stopped_again_and_again_ends_with_the_same_totals(string world, MemoryModel memory)
    {
        ExploreOptions options = Worlds.Options(memory);
        ExploreResult whole = Explorer.Run(Worlds.Parse(world), options);
        SearchState? state = null;
        ExploreResult part;
        int parts = 0;
        do
        {
            SearchState? next = null;
            part = Explorer.Run(Worlds.Parse(world), options with
            {
                Resume = state,
                Stop = _ => true,
                Checkpoint = reached => next = Copy(reached),
            });
            parts++;
            state = next;
        }
        while (part.Verdict == Verdict.Stopped);

        Assert.True(parts > 3);
        Assert.Equal(
            (whole.Verdict, whole.Executions, whole.Blocked, whole.Transitions, whole.LongestExecution),
            (part.Verdict, part.Executions, part.Blocked, part.Transitions, part.LongestExecution));
    }

    [Fact]
    public void A_state_of_another_world_is_refused()
    {
        SearchState? state = null;
        Explorer.Run(Worlds.Parse("detach-vs-death"), Worlds.Options(MemoryModel.Sc) with
        {
            Stop = _ => true,
            Checkpoint = reached => state = reached,
        });

        Assert.Throws<ForeignStateException>(() => Explorer.Run(
            Worlds.Parse("detach-vs-death exit=1"), Worlds.Options(MemoryModel.Sc) with { Resume = state }));
    }

    internal static SearchState Copy(SearchState state)
        => JsonSerializer.Deserialize<SearchState>(JsonSerializer.Serialize(state))!;
}
