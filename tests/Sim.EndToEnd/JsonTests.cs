using System.Text.Json;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

public sealed class JsonTests
{
    private static readonly string[] s_fields =
    [
        "scenario", "parameters", "memory", "variant", "without", "strategy", "seed", "executions",
        "blocked", "transitions", "complete", "seconds", "violations",
    ];

    [Fact]
    public async Task Explore_prints_one_object_on_one_line_with_the_fields_of_the_grammar()
    {
        Answer answer = await SimProcess.Run(
            "explore", "attach-vs-release", "--set", "attachers=2", "--memory", "tso",
            "--without", "AttachVsRelease.Attach", "--variant", "B", "--json");

        Assert.Equal(1, answer.Exit);
        Assert.Equal("", answer.Error);
        Assert.Single(answer.Output.TrimEnd('\n').Split('\n'));
        JsonElement json = JsonDocument.Parse(answer.Output).RootElement;
        Assert.All(s_fields, field => Assert.True(json.TryGetProperty(field, out _), field));
        Assert.Equal("attach-vs-release", json.GetProperty("scenario").GetString());
        Assert.Equal(2, json.GetProperty("parameters").GetProperty("attachers").GetInt32());
        Assert.Equal("tso", json.GetProperty("memory").GetString());
        Assert.Equal("b", json.GetProperty("variant").GetString());
        Assert.Equal("AttachVsRelease.Attach", json.GetProperty("without")[0].GetString());
        JsonElement violation = Assert.Single(json.GetProperty("violations").EnumerateArray());
        Assert.Equal("G7", violation.GetProperty("guarantee").GetString());
        Assert.False(string.IsNullOrEmpty(violation.GetProperty("message").GetString()));
        Assert.False(string.IsNullOrEmpty(violation.GetProperty("token").GetString()));
        Assert.InRange(violation.GetProperty("steps").GetInt32(), 1, 200);
        Assert.InRange(violation.GetProperty("preemptions").GetInt32(), 0, 10);
    }

    [Fact]
    public async Task A_clean_object_says_so()
    {
        Answer answer = await SimProcess.Run(
            "explore", "yardstick/attach", "--set", "attachers=2", "--json");

        JsonElement json = JsonDocument.Parse(answer.Output).RootElement;
        Assert.Equal(0, answer.Exit);
        Assert.True(json.GetProperty("complete").GetBoolean());
        Assert.Equal(16, json.GetProperty("executions").GetInt64());
        Assert.Equal("complete", json.GetProperty("verdict").GetString());
        Assert.Empty(json.GetProperty("violations").EnumerateArray());
    }
}
