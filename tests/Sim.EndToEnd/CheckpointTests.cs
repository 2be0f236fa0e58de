using System.Diagnostics;
using System.Text.Json;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

/// <summary>A search that is killed goes on from its file and ends with the same totals.</summary>
public sealed class CheckpointTests
{
    private static readonly string[] s_search =
        ["explore", "exec-vs-kill", "--json"];

    [Fact]
    public async Task A_killed_search_goes_on_and_ends_with_the_same_totals()
    {
        using var file = new TempFile();
        string[] whole = Totals(await SimProcess.Run(s_search));
        int kills = 0;
        for (bool ended = false; !ended;)
        {
            string[] resume = File.Exists(file.Path) ? ["--resume", file.Path] : [];
            using Process process = SimProcess.Start([.. s_search, "--checkpoint", file.Path, .. resume]);
            ended = process.WaitForExit(2600);
            if (!ended)
            {
                process.Kill();
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                kills++;
            }
            else
            {
                Assert.Equal(whole, Totals(await SimProcess.End(process)));
            }
        }

        Assert.True(kills > 0, "the search was too short to be killed");
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
