using System.Text.RegularExpressions;
using Sim.Explore;
using Sim.Machine.Memory;

namespace Sim.Unit.Scenarios;

/// <summary>docs/findings.md is true.</summary>
public sealed partial class Findings
{
    /// <summary>World, what breaks first in it, the variants that it breaks in, and those that are clean.</summary>
    public static TheoryData<string, string, string, string> Known { get; } = new()
    {
        { "attach-vs-release attachers=2 events=1", "G7", "a p b", "c d fixed" },
        { "detach-vs-death other=1", "G1", "a p b c d", "fixed" },
        { "detach-vs-death other=1 death=0", "G1", "b", "fixed" },
        { "request-vs-answer request=0", "STUCK", "a p b c d", "fixed" },
        { "request-vs-answer request=1", "STUCK", "a p b c d", "fixed" },
        { "request-vs-answer request=2", "STUCK", "a p b c d", "fixed" },
        { "quiet-stop", "G24", "a p b c d", "fixed" },
        { "calls-on-zombie quiesce=1 call=0 after=2", "G6", "a p b c d", "" },
        { "stop-vs-release detach=0", "G28", "a p b c d", "fixed" },
        { "stop-places event=1 quiesce=0", "G31", "a p b c d", "fixed" },
        { "stop-places event=4 quiesce=0", "G31", "b", "fixed" },
        { "kill-vs-answer place=3", "G30", "a p b c d", "fixed" },
        { "abort-vs-detach", "G24", "a p b c d", "fixed" },
        { "abort-vs-detach tracer=1", "G24", "b", "fixed" },
        { "stop-places event=3 gives=1", "G31", "a p b c d", "fixed" },
        { "pointer-vs-release call=2", "G36", "a p b c d", "fixed" },
        { "pointer-vs-release death=2", "G36", "a p b", "fixed" },
        { "pointer-vs-release death=2", "KASAN", "c d", "" },
        { "pointer-vs-release death=2 call=1", "KASAN", "a p b c d", "fixed" },
        { "engine-outlives-task", "KASAN", "a p b", "c d fixed" },
        { "pid-vs-reuse", "KASAN", "a p b", "c d fixed" },
        { "pid-vs-reuse exec=1", "OOPS", "c d", "" },
        { "calls-in-callbacks at=5 call=3 by=2", "G16", "c d", "a p b fixed" },
    };

    /// <summary>Every token that the document prints.</summary>
    public static TheoryData<string> Tokens { get; } =
        [.. Printed().Matches(File.ReadAllText(Repository.Checkout.File("docs/findings.md"))).Select(match => match.Value)];

    [Theory]
    [MemberData(nameof(Known))]
    public void A_finding_shows_in_the_variants_that_it_names_and_in_no_other(
        string world, string guarantee, string broken, string clean)
    {
        foreach (string variant in broken.Split(' '))
        {
            ExploreResult result = Explorer.Run(Worlds.Parse(world, variant), Worlds.Options(MemoryModel.Sc));
            Assert.Equal(guarantee, Assert.Single(result.Findings).Violation.Guarantee);
        }

        foreach (string variant in clean.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Equal(
                Verdict.Complete,
                Explorer.Run(Worlds.Parse(world, variant), Worlds.Options(MemoryModel.Sc)).Verdict);
            Assert.Equal(
                Verdict.Complete,
                Explorer.Run(Worlds.Parse(world, variant), Worlds.Options(MemoryModel.Tso)).Verdict);
        }
    }

    [Fact]
    public void The_first_finding_needs_two_preemptions()
    {
        World world = Worlds.Of("attach-vs-release", "b", ("attachers", 2), ("events", 1));
        ExploreOptions options = Worlds.Options(MemoryModel.Sc);

        Finding found = Assert.Single(Explorer.Run(world, options).Findings);
        Finding minimal = Minimiser.Minimise(world, options, found);

        Assert.Equal(2, Replayer.Run(world, options, minimal.Schedule).Preemptions);
    }

    [Fact]
    public void With_one_tracer_it_does_no_such_harm()
    {
        World world = Worlds.Of("attach-vs-release", "b", ("attachers", 1), ("events", 1));

        Assert.Equal(Verdict.Complete, Explorer.Run(world, Worlds.Options(MemoryModel.Sc)).Verdict);
    }

    /// <summary>The same schedule breaks something in the same end; SIM_UPDATE=1 writes the end that it has now.</summary>
    [Theory]
    [MemberData(nameof(Tokens))]
    public void A_token_in_the_document_replays(string text)
    {
        string[] parts = text.Split(':');
        Token token = Token.Decode(text);
        World world = Worlds.Parse($"{parts[1]} {parts[2].Replace(',', ' ')}".TrimEnd(), parts[4]);

        MemoryModel memory = Enum.Parse<MemoryModel>(parts[3], ignoreCase: true);

        Recording recording = Replayer.Run(world, Worlds.Options(memory), token.Schedule);

        Assert.NotNull(recording.Violation);
        if (Repository.Checkout.IsUpdate)
        {
            string file = Repository.Checkout.File("docs/findings.md");
            string now = (token with { EndState = recording.EndState }).Encode();
            File.WriteAllText(file, File.ReadAllText(file).Replace(text, now, StringComparison.Ordinal));
            return;
        }

        Assert.Equal(token.EndState, recording.EndState);
    }

    [GeneratedRegex("s1:[^`]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Printed();
}
