using System.Diagnostics;
using System.Text.Json;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

/// <summary>A search that is killed goes on from its file and ends with the same totals.</summary>
public sealed class CheckpointTests
{
    [Fact]
    public async Task A_search_that_is_killed_twenty_times_loses_nothing()
    {
        ProcessStartInfo script = SimProcess.Quiet("bash", [Path.Combine(SimProcess.Root, "tests", "kill-and-resume"), "20", "2"]);
        script.Environment["SIM_ASSEMBLY"] = SimProcess.Assembly;
        using Process process = Process.Start(script)!;
        Answer answer = await SimProcess.End(process);

        Assert.Equal((0, ""), (answer.Exit, answer.Error));
        Assert.StartsWith(
            "killed 20 times, with 1 and 2 threads in turn: the same totals", answer.Output, StringComparison.Ordinal);
    }

    /// <summary>As a process of the same number leaves it that was killed while it wrote.</summary>
    [Fact]
    public async Task A_half_written_file_of_an_earlier_life_is_in_nobodys_way()
    {
        using var file = new TempFile();
        using Process process = Process.Start(SimProcess.Quiet("bash",
        [
            "-c",
            "echo half > \"$2.$$.tmp\"; exec dotnet \"$1\" explore death-vs-reap --checkpoint \"$2\" --executions 100",
            "life", SimProcess.Assembly, file.Path,
        ]))!;
        Answer answer = await SimProcess.End(process);

        Assert.Equal((3, ""), (answer.Exit, answer.Error));
        Assert.Equal(Path.GetFileName(file.Path), Assert.Single(file.Names));
    }

    [Fact]
    public async Task A_limit_and_going_on_come_to_the_same()
    {
        using var file = new TempFile();
        string[] search = ["explore", "detach-vs-death", "--json"];
        string[] whole = Totals(await SimProcess.Run(search));
        Answer first = await SimProcess.Run([.. search, "--executions", "5000", "--checkpoint", file.Path]);
        Answer other = await SimProcess.Run("explore", "death-vs-reap", "--resume", file.Path);
        Answer rest = await SimProcess.Run([.. search, "--resume", file.Path]);

        Assert.Equal(3, first.Exit);
        Assert.Equal(0, rest.Exit);
        Assert.Equal(whole, Totals(rest));
        Assert.Equal(2, other.Exit);
        Assert.Contains("is of another search", Assert.Single(other.ErrorLines), StringComparison.Ordinal);
    }

    private static string[] Totals(Answer answer)
    {
        JsonElement root = JsonDocument.Parse(answer.Output).RootElement;
        return
        [
            .. ((string[])["verdict", "executions", "blocked", "transitions", "complete"])
                .Select(field => root.GetProperty(field).ToString()),
        ];
    }
}
