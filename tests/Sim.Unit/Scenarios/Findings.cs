using Sim.Explore;
using Sim.Machine.Memory;

namespace Sim.Unit.Scenarios;

/// <summary>docs/findings.md is true.</summary>
public sealed class Findings
{
    private const string F1 = "s1:attach-vs-release:attachers=2,events=1:sc:b::";

    [Theory]
    [InlineData("b")]
    [InlineData("p")]
    public void Set_events_during_teardown_makes_a_released_task_attachable(string variant)
    {
        World world = Worlds.Of("attach-vs-release", variant, ("attachers", 2), ("events", 1));
        ExploreOptions options = Worlds.Options(MemoryModel.Sc);

        Finding found = Assert.Single(Explorer.Run(world, options).Findings);
        Finding minimal = Minimiser.Minimise(world, options, found);

        Assert.Equal("G7", minimal.Violation.Guarantee);
        Assert.Equal(2, Replayer.Run(world, options, minimal.Schedule).Preemptions);
    }

    [Fact]
    public void With_one_tracer_it_does_no_such_harm()
    {
        World world = Worlds.Of("attach-vs-release", "b", ("attachers", 1), ("events", 1));

        Assert.Equal(Verdict.Complete, Explorer.Run(world, Worlds.Options(MemoryModel.Sc)).Verdict);
    }

    [Fact]
    public void The_token_in_the_document_replays()
    {
        string document = File.ReadAllText(Repository.Checkout.File("docs/findings.md"));
        int start = document.IndexOf(F1, StringComparison.Ordinal);
        string text = document[start..document.IndexOf('`', start)];
        Token token = Token.Decode(text);
        World world = Worlds.Of("attach-vs-release", "b", ("attachers", 2), ("events", 1));

        Recording recording = Replayer.Run(world, Worlds.Options(MemoryModel.Sc), token.Schedule);

        Assert.Equal("G7", recording.Violation?.Guarantee);
        Assert.Equal(token.EndState, recording.EndState);
    }
}
