using System.Text.Json;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

public sealed class ReplayTests
{
    private static readonly string[] s_broken =
        ["explore", "yardstick/attach", "--memory", "tso", "--without", "Yardstick.Attach"];

    [Theory]
    [InlineData("yardstick/attach", "Yardstick.Attach")]
    [InlineData("attach-vs-release", "AttachVsRelease.Attach")]
    public async Task A_token_shows_what_explore_showed_byte_for_byte(string scenario, string site)
    {
        Answer explored = await SimProcess.Run("explore", scenario, "--memory", "tso", "--without", site);
        Answer replayed = await SimProcess.Run("replay", TokenIn(explored));

        Assert.Equal(1, replayed.Exit);
        Assert.Equal("", replayed.Error);
        Assert.Equal(explored.Output[..explored.Output.IndexOf("\nviolated: ", StringComparison.Ordinal)],
            replayed.Output);
    }

    [Theory]
    [InlineData("museum/unlock-wait-weak", "fixed")]
    [InlineData("museum/reset-unlock-uaf", "fixed")]
    [InlineData("museum/stop-after-detach", "b")]
    public async Task An_exhibit_says_which_version_it_runs_and_its_token_runs_the_same(string exhibit, string variant)
    {
        Answer explored = await SimProcess.Run("explore", exhibit);
        string token = TokenIn(explored);
        Answer replayed = await SimProcess.Run("replay", token);
        Answer another = await SimProcess.Run("explore", exhibit, "--set", "fixed=1", "--variant", "c", "--executions", "1");

        Assert.Contains($", variant {variant}", explored.Output, StringComparison.Ordinal);
        Assert.Contains($":{variant}:", token, StringComparison.Ordinal);
        Assert.Equal(1, replayed.Exit);
        Assert.StartsWith(replayed.Output, explored.Output, StringComparison.Ordinal);
        Assert.Contains(", variant c", another.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_picture_is_the_same_in_every_configuration()
    {
        Answer explored = await SimProcess.Run([.. s_broken, "--set", "attachers=1"]);

        const string picture = """
            reaped is broken: attached[0] is set and reaped[0] is not
            in yardstick/attach attachers=1, tso, without Yardstick.Attach: 9 steps, 0 preemptions

                | attacher 0                           | releaser
                | ------------------------------------ | --------------------------------
              0 |                                      | store exit_state = 32 (buffered)
              1 | acquire lock                         |
              2 | load flags = 0                       |
              2 | store flags = 2 (buffered)           |
              2 | -- fence Yardstick.Attach removed -- |
              3 | load exit_state = 0                  |
              3 | store attached[0] = 1 (buffered)     |
              3 | release lock (buffered)              |
              4 |                                      | flush exit_state = 32
            > 5 |                                      | fence [Yardstick.Release]
              6 |                                      | load flags = 0
              7 | flush flags = 2                      |
              8 | flush attached[0] = 1                |
              9 | flush release of lock                |

            > another actor goes on    ! it takes over from one that could have gone on
            of program[attach]: attached[0], exit_state, flags, lock
            ordered by: the fence Yardstick.Attach (M1), which was taken away: flags=2 before the attacher reads exit_state
            replay: sim replay
            """;
        Assert.StartsWith(picture, explored.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_file_is_replayed_and_its_replay_writes_it_again()
    {
        using var first = new TempFile();
        using var second = new TempFile();
        Answer explored = await SimProcess.Run([.. s_broken, "--trace", first.Path]);
        Answer replayed = await SimProcess.Run("replay", first.Path, "--trace", second.Path);

        Assert.Equal(1, replayed.Exit);
        Assert.StartsWith(replayed.Output, explored.Output, StringComparison.Ordinal);
        string[] lines = await File.ReadAllLinesAsync(first.Path, TestContext.Current.CancellationToken);
        Assert.Equal(lines, await File.ReadAllLinesAsync(second.Path, TestContext.Current.CancellationToken));
        Assert.Equal(1, JsonDocument.Parse(lines[0]).RootElement.GetProperty("sim").GetInt32());
        Assert.Equal($"{{\"end\":{lines.Length - 2}}}", lines[^1]);
        Assert.Equal(["trace.jsonl"], first.Names);
    }

    [Fact]
    public async Task A_trace_file_cut_anywhere_is_refused_in_one_line()
    {
        using var file = new TempFile();
        await SimProcess.Run([.. s_broken, "--trace", file.Path]);
        byte[] whole = await File.ReadAllBytesAsync(file.Path, TestContext.Current.CancellationToken);
        foreach (int length in (int[])[0, 1, 40, whole.Length / 2, whole.Length - 11, whole.Length - 2, whole.Length - 1])
        {
            await File.WriteAllBytesAsync(file.Path, whole[..length], TestContext.Current.CancellationToken);
            Answer answer = await SimProcess.Run("replay", file.Path);
            Assert.Equal(2, answer.Exit);
            Assert.StartsWith("sim: trace file ", Assert.Single(answer.ErrorLines), StringComparison.Ordinal);
            Assert.Equal("", answer.Output);
        }
    }

    [Fact]
    public async Task A_token_that_is_cut_changed_or_of_another_version_is_refused_in_one_line()
    {
        string token = TokenIn(await SimProcess.Run(s_broken));
        string[] bad =
        [
            token[..^1], token[..(token.Length / 2)], token[..10], "s9" + token[2..], "garbage",
            token.Replace("attachers=3", "attachers=2", StringComparison.Ordinal), token + "AAAA",
        ];
        foreach (string text in bad)
        {
            Answer answer = await SimProcess.Run("replay", text);
            Assert.Equal(2, answer.Exit);
            Assert.StartsWith("sim: ", Assert.Single(answer.ErrorLines), StringComparison.Ordinal);
            Assert.Equal("", answer.Output);
        }
    }

    private static string TokenIn(Answer explored)
    {
        const string before = "\nreplay: sim replay ";
        int start = explored.Output.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return explored.Output[start..explored.Output.IndexOf('\n', start)];
    }
}
