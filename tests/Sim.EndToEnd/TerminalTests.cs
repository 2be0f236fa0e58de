using System.Diagnostics;
using System.Text.Json;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

public sealed class TerminalTests
{
    private static readonly string[] s_long =
        ["explore", "yardstick/attach", "--set", "attachers=12", "--time", "60"];

    [Fact]
    public async Task Interrupted_it_tells_what_was_found_so_far_and_gives_130()
    {
        using Process sim = SimProcess.Start([.. s_long, "--json"]);
        Task<Answer> end = SimProcess.End(sim);
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        using (Process kill = Process.Start("kill", ["-INT", $"{sim.Id}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Answer answer = await end;

        Assert.Equal((130, ""), (answer.Exit, answer.Error));
        JsonElement json = JsonDocument.Parse(answer.Output).RootElement;
        Assert.Equal("interrupted", json.GetProperty("verdict").GetString());
        Assert.False(json.GetProperty("complete").GetBoolean());
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(" --no-progress", false)]
    [InlineData(" --json", false)]
    public async Task Progress_is_shown_on_a_terminal_unless_it_is_not_wanted(string option, bool isShown)
    {
        const string script = "/usr/bin/script";
        if (!File.Exists(script))
        {
            Assert.Skip("no script(1) here to make a terminal");
        }

        string call = $"dotnet {SimProcess.Assembly} explore yardstick/attach --set attachers=12 --time 1{option}";
        ProcessStartInfo start = SimProcess.Quiet(script, ["-qec", call, "/dev/null"]);
        start.Environment["NO_COLOR"] = "1";
        start.Environment["TERM"] = "xterm";
        using Process terminal = Process.Start(start)!;
        Answer answer = await SimProcess.End(terminal);

        Assert.Equal(3, answer.Exit);
        Assert.Equal(isShown, answer.Output.Contains(" executions, ", StringComparison.Ordinal) &&
            answer.Output.Contains("/s, depth ", StringComparison.Ordinal));
        Assert.DoesNotContain("\u001b[38", answer.Output, StringComparison.Ordinal);
    }
}
