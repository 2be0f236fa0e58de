using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

public sealed class OracleTests
{
    private static string Recordings => Path.Combine(SimProcess.Root, "data", "oracle", "recordings");

    [Fact]
    public async Task A_recording_agrees()
    {
        Answer text = await SimProcess.Run("oracle", Path.Combine(Recordings, "kill_zombie.txt"), "--executions", "20");

        Assert.Equal((0, "kill_zombie: agrees (21 schedules)\n", ""), (text.Exit, text.Output, text.Error));
    }

    [Fact]
    public async Task Without_arguments_all_recordings_of_the_program_are_compared()
    {
        Answer json = await SimProcess.Run("oracle", "--json", "--executions", "40");

        Assert.Equal((0, ""), (json.Exit, json.Error));
        string[] lines = json.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(Directory.GetFiles(Recordings, "*.txt").Length, lines.Length);
        string[] verdicts = [.. lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("verdict").GetString()!)];
        Assert.Equal(14, verdicts.Count(verdict => verdict is "agrees"));
        Assert.All(verdicts, verdict => Assert.True(verdict is "agrees" or "needs ptrace"));
    }

    [Fact]
    public async Task The_first_line_that_differs_is_shown_and_counts_as_a_finding()
    {
        using var file = new TempFile();
        string text = await File.ReadAllTextAsync(Path.Combine(Recordings, "kill_zombie.txt"), CancellationToken.None);
        await File.WriteAllTextAsync(file.Path, text.Replace("kill(A, SIGKILL) = 0", "kill(A, SIGKILL) = -1 ESRCH", StringComparison.Ordinal), CancellationToken.None);

        Answer shown = await SimProcess.Run("oracle", file.Path, "--executions", "5");
        Answer json = await SimProcess.Run("oracle", file.Path, "--executions", "5", "--json");

        Assert.Equal((1, 1), (shown.Exit, json.Exit));
        Assert.Equal(
            "kill_zombie: differs\n  line 2 of the log\n" +
            "  expected: T   kill(A, SIGKILL) = -1 ESRCH\n  actual:   T   kill(A, SIGKILL) = 0\n",
            shown.Output);
        JsonElement difference = JsonDocument.Parse(json.Output).RootElement.GetProperty("difference");
        Assert.Equal(2, difference.GetProperty("line").GetInt32());
        Assert.Equal("T   kill(A, SIGKILL) = 0", difference.GetProperty("actual").GetString());
    }

    [Fact]
    public async Task What_is_no_recording_is_refused_in_one_line()
    {
        using var file = new TempFile();
        await File.WriteAllTextAsync(file.Path, "hello\n", CancellationToken.None);

        foreach (string[] arguments in new string[][]
        {
            ["oracle", file.Path],
            ["oracle", "/nonexistent/file.txt"],
            ["oracle", "--seed", "x"],
            ["oracle", "--executions", "0"],
        })
        {
            Answer answer = await SimProcess.Run(arguments);
            Assert.Equal((2, ""), (answer.Exit, answer.Output));
            Assert.StartsWith("sim: ", Assert.Single(answer.ErrorLines), StringComparison.Ordinal);
        }
    }
}
