using Sim.Explore;
using Sim.Machine.Memory;

namespace Sim.Unit.Scenarios;

/// <summary>The laws about passes (G17 to G25): every manner of engine in every small program, and what is found.</summary>
public sealed class PassLaws
{
    [Theory]
    [InlineData("b")]
    [InlineData("a")]
    [InlineData("d")]
    public void Awkward_engines_keep_the_laws_of_passes(string variant)
    {
        foreach (int program in (int[])[0, 3, 4, 5, 6])
        {
            for (int manner = 0; manner <= 7; manner++)
            {
                World world = Worlds.Of("passes", variant, ("program", program), ("manner", manner), ("engines", 3));

                ExploreResult result = Explorer.Run(world, Worlds.Options(MemoryModel.Sc));

                Assert.True(result.Findings.Count == 0, $"program {program}, manner {manner}: {First(result)}");
                Assert.Equal(Verdict.Complete, result.Verdict);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_child_does_not_run_before_its_clone_callbacks_are_over(int program)
    {
        World world = Worlds.Of("passes", "b", ("program", program), ("engines", 2));

        ExploreResult result = Explorer.Run(world, Worlds.Options(MemoryModel.Sc));

        Assert.Empty(result.Findings);
        Assert.Equal(Verdict.Complete, result.Verdict);
    }

    [Theory]
    [InlineData("b")]
    [InlineData("p")]
    public void A_stop_without_QUIESCE_does_not_count_in_a_signal_pass(string variant)
    {
        ExploreResult result = Explorer.Run(Worlds.Of("quiet-stop", variant), Worlds.Options(MemoryModel.Sc));

        Assert.Equal("G24", Assert.Single(result.Findings).Violation.Guarantee);
    }

    private static string First(ExploreResult result)
        => result.Findings.Count == 0 ? "" : result.Findings[0].Violation.ToString();
}
