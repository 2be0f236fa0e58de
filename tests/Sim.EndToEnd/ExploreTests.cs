using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

public sealed class ExploreTests
{
    [Fact]
    public async Task A_world_that_holds_is_complete_with_its_exact_count()
    {
        Answer answer = await SimProcess.Run("explore", "yardstick/attach", "--set", "attachers=2");

        Assert.Equal(0, answer.Exit);
        Assert.Equal("", answer.Error);
        Assert.StartsWith("complete: holds for this world", answer.Output, StringComparison.Ordinal);
        Assert.Contains("\n16 executions, 0 blocked, ", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_fence_it_breaks_under_tso_and_holds_under_sc()
    {
        Answer tso = await SimProcess.Run(
            "explore", "yardstick/attach", "--memory", "TSO", "--without", "Yardstick.Attach");
        Answer sc = await SimProcess.Run(
            "explore", "yardstick/attach", "--memory", "sc", "--without", "Yardstick.Attach");

        Assert.Equal(1, tso.Exit);
        Assert.StartsWith("reaped is broken: ", tso.Output, StringComparison.Ordinal);
        Assert.Contains("\nordered by: the fence Yardstick.Attach (M1), ", tso.Output, StringComparison.Ordinal);
        Assert.Contains("\nreplay: sim replay s", tso.Output, StringComparison.Ordinal);
        Assert.Contains("\nviolated: reaped, ", tso.Output, StringComparison.Ordinal);
        Assert.Equal(0, sc.Exit);
        Assert.StartsWith("complete: ", sc.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_attach_half_of_M1_G7_breaks_under_tso_only()
    {
        Answer tso = await SimProcess.Run(
            "explore", "attach-vs-release", "--memory", "tso", "--without", "AttachVsRelease.Attach");
        Answer sc = await SimProcess.Run(
            "explore", "attach-vs-release", "--memory", "sc", "--without", "AttachVsRelease.Attach");
        Answer whole = await SimProcess.Run("explore", "attach-vs-release", "--memory", "tso");

        Assert.Equal(1, tso.Exit);
        Assert.StartsWith("G7 is broken: ", tso.Output, StringComparison.Ordinal);
        Assert.Equal(0, sc.Exit);
        Assert.StartsWith("complete: ", sc.Output, StringComparison.Ordinal);
        Assert.Equal(0, whole.Exit);
        Assert.StartsWith("complete: ", whole.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dpor", 0, "complete: holds for this world")]
    [InlineData("dfs", 0, "complete: holds for this world")]
    [InlineData("pct", 0, "sampled: 50 schedules drawn with seed 7")]
    [InlineData("random", 0, "sampled: 50 schedules drawn with seed 7")]
    [InlineData("states", 0, "complete: holds for this world")]
    [InlineData("prefixes", 0, "complete: holds for this world")]
    public async Task Each_strategy_says_what_it_can_honestly_say(string strategy, int exit, string verdict)
    {
        string[] limit = strategy is "pct" or "random" ? ["--executions", "50"] : [];
        Answer answer = await SimProcess.Run(
            ["explore", "yardstick/attach", "--set", "attachers=2", "--strategy", strategy, "--seed", "7", .. limit]);

        Assert.Equal(exit, answer.Exit);
        Assert.StartsWith(verdict, answer.Output, StringComparison.Ordinal);
    }

    /// <summary>The same bytes from one thread and from several, but for the time that it took.</summary>
    [Theory]
    [InlineData("attach-vs-release", "--memory", "tso", "--without", "AttachVsRelease.Attach", "--json")]
    [InlineData("attach-vs-release", "--memory", "tso", "--without", "AttachVsRelease.Attach", "--all")]
    [InlineData("yardstick/fib_bench", "--set", "n=4", "--all", "--json")]
    public async Task The_number_of_threads_changes_no_byte(params string[] world)
    {
        string[] answers = await Task.WhenAll(((string[])["1", "2", "5"]).Select(async jobs =>
        {
            Answer answer = await SimProcess.Run(["explore", .. world, "--jobs", jobs]);
            return answer.Exit + Regex.Replace(
                answer.Output, @"(""seconds"":[0-9.]+|, [0-9.]+ s\s)", "", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
        }));

        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(answers[0], answers[2]);
    }

    [Fact]
    public async Task Coverage_names_what_was_exercised_and_what_was_not()
    {
        Answer answer = await SimProcess.Run("explore", "attach-vs-release", "--set", "attachers=1", "--coverage");
        Answer json = await SimProcess.Run("explore", "yardstick/sb", "--coverage", "--json");

        Assert.Matches("[0-9]+  store task.exit_state\\n", answer.Output);
        Assert.Matches("[0-9]+  AttachVsRelease.Attach\\n", answer.Output);
        JsonElement[] operations =
        [
            .. JsonDocument.Parse(json.Output).RootElement.GetProperty("coverage").GetProperty("operations").EnumerateArray(),
        ];
        Assert.Equal(
            "load program.x,load program.y,store program.x,store program.y",
            string.Join(',', operations.Select(operation => operation.GetProperty("name").GetString())));
    }

    [Fact]
    public async Task A_bound_is_named_in_the_verdict()
    {
        Answer answer = await SimProcess.Run(
            "explore", "yardstick/attach", "--strategy", "dfs", "--preemptions", "1", "--json");

        Assert.Equal(0, answer.Exit);
        JsonElement json = JsonDocument.Parse(answer.Output).RootElement;
        Assert.Equal("bounded", json.GetProperty("verdict").GetString());
        Assert.False(json.GetProperty("complete").GetBoolean());
    }

    [Theory]
    [InlineData("--executions", "10", "stopped by the limit of 10 executions: nothing broke so far")]
    [InlineData("--time", "0.01", "stopped by the limit of 0.01 s: nothing broke so far")]
    public async Task A_limit_before_the_end_gives_3(string option, string value, string verdict)
    {
        Answer answer = await SimProcess.Run(
            "explore", "yardstick/attach", "--set", "attachers=12", option, value);

        Assert.Equal(3, answer.Exit);
        Assert.StartsWith(verdict, answer.Output, StringComparison.Ordinal);
        Assert.Equal("", answer.Error);
    }

    [Fact]
    public async Task A_sampling_that_reaches_its_time_limit_did_what_was_asked()
    {
        Answer answer = await SimProcess.Run(
            "explore", "yardstick/attach", "--strategy", "random", "--time", "0.05");

        Assert.Equal(0, answer.Exit);
        Assert.StartsWith("sampled: ", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_goes_on_to_the_end_and_counts()
    {
        Answer answer = await SimProcess.Run(
            "explore", "yardstick/attach", "--set", "attachers=2", "--memory", "tso",
            "--without", "Yardstick.Attach", "--all");

        Assert.Equal(1, answer.Exit);
        Assert.Contains("\nviolated: reaped, in 2 of 18 executions; every schedule was explored",
            answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_do_not_depend_on_jobs()
    {
        string[] call =
            ["explore", "yardstick/attach", "--memory", "tso", "--without", "Yardstick.Attach", "--json", "--jobs"];
        JsonElement one = JsonDocument.Parse((await SimProcess.Run([.. call, "1"])).Output).RootElement;
        JsonElement two = JsonDocument.Parse((await SimProcess.Run([.. call, "2"])).Output).RootElement;

        Assert.Equal(one.GetProperty("executions").GetInt64(), two.GetProperty("executions").GetInt64());
        Assert.Equal(one.GetProperty("violations").GetRawText(), two.GetProperty("violations").GetRawText());
    }
}
