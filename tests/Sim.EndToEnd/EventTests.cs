using System.Text.Json;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

/// <summary><c>--events FILE</c>: what happens during an exploration, a JSON object a line.</summary>
public sealed class EventTests
{
    [Fact]
    public async Task Events_tell_of_the_beginning_the_progress_with_its_estimate_and_the_end()
    {
        using var file = new TempFile();
        Answer answer = await SimProcess.Run(
            "explore", "yardstick/attach", "--set", "attachers=6", "--json", "--events", file.Path);

        JsonElement[] events = Read(file);
        Assert.Equal((0, ""), (answer.Exit, answer.Error));
        Assert.Equal("begin", Kind(events[0]));
        Assert.Equal("end", Kind(events[^1]));
        Assert.All(events[1..^1], item => Assert.Equal("progress", Kind(item)));
        Assert.NotEmpty(events[1..^1]);
        JsonElement last = events[^2];
        JsonElement estimate = last.GetProperty("estimate");
        Assert.InRange(24_480, estimate.GetProperty("low").GetDouble(), estimate.GetProperty("high").GetDouble());
        Assert.True(last.GetProperty("executions").GetInt64() < 24_480);
        JsonElement whole = JsonDocument.Parse(answer.Output).RootElement;
        Assert.All(whole.EnumerateObject(), property
            => Assert.Equal(property.Value.ToString(), events[^1].GetProperty(property.Name).ToString()));
    }

    [Fact]
    public async Task Events_begin_where_an_earlier_run_stopped()
    {
        using var checkpoint = new TempFile();
        using var file = new TempFile();
        string[] search = ["explore", "yardstick/attach", "--set", "attachers=6"];
        await SimProcess.Run([.. search, "--executions", "10000", "--checkpoint", checkpoint.Path]);
        await SimProcess.Run([.. search, "--resume", checkpoint.Path, "--events", file.Path]);

        JsonElement[] events = Read(file);
        Assert.Equal(10_000, events[0].GetProperty("executions").GetInt64());
        Assert.Equal(24_480, events[^1].GetProperty("executions").GetInt64());
    }

    private static string? Kind(JsonElement item) => item.GetProperty("event").GetString();

    private static JsonElement[] Read(TempFile file)
        => [.. File.ReadLines(file.Path).Select(line => JsonDocument.Parse(line).RootElement)];
}
