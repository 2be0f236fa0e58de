using System.Threading.Tasks;

namespace Sim.EndToEnd;

public sealed class BadInputTests
{
    private const string Y = "explore yardstick/attach ";

    [Theory]
    [InlineData("", "no command")]
    [InlineData("explor yardstick/attach", "did you mean 'explore'?")]
    [InlineData("gdb", "not available yet")]
    [InlineData("museum barrier-vs-detach-retun", "did you mean 'barrier-vs-detach-return'?")]
    [InlineData("list", "LIST")]
    [InlineData("list scenario", "did you mean 'scenarios'?")]
    [InlineData("list --jsn", "did you mean '--json'?")]
    [InlineData("explore", "SCENARIO")]
    [InlineData("explore yardstick/atach", "did you mean 'yardstick/attach'?")]
    [InlineData("explore attach-vs-relase", "did you mean 'attach-vs-release'?")]
    [InlineData("explore --memry tso", "did you mean '--memory'?")]
    [InlineData(Y + "--memry tso", "did you mean '--memory'?")]
    [InlineData(Y + "extra", "'extra'")]
    [InlineData(Y + "--memory", "'--memory' needs a value")]
    [InlineData(Y + "--memory sc --memory tso", "more than once")]
    [InlineData(Y + "--memory tos", "did you mean 'tso'?")]
    [InlineData(Y + "--memory power", "not available yet")]
    [InlineData(Y + "--memory LKMM", "not available yet")]
    [InlineData(Y + "--variant b", "no utrace")]
    [InlineData("explore attach-vs-release --variant x", "unknown variant 'x'")]
    [InlineData("explore attach-vs-release --variant fxed", "did you mean 'fixed'?")]
    [InlineData(Y + "--without Yardstick.Atach", "did you mean 'Yardstick.Attach'?")]
    [InlineData(Y + "--without AttachVsRelease.Attach", "has no site")]
    [InlineData(Y + "--set attacher=2", "did you mean 'attachers'?")]
    [InlineData(Y + "--set attachers", "NAME=VALUE")]
    [InlineData(Y + "--set attachers=x", "not a whole number")]
    [InlineData(Y + "--set attachers=0", "from 1 to 12")]
    [InlineData(Y + "--set attachers=13", "from 1 to 12")]
    [InlineData(Y + "--set attachers=2 --set attachers=3", "both 2 and 3")]
    [InlineData(Y + "--strategy dpro", "did you mean 'dpor'?")]
    [InlineData(Y + "--executions 0", "at least 1")]
    [InlineData(Y + "--executions -1", "at least 1")]
    [InlineData(Y + "--executions many", "not a whole number")]
    [InlineData(Y + "--executions 99999999999999999999", "out of range")]
    [InlineData(Y + "--time 0", "more than 0")]
    [InlineData(Y + "--time -1.5", "more than 0")]
    [InlineData(Y + "--jobs 0", "--jobs")]
    [InlineData(Y + "--seed -1", "--seed")]
    [InlineData(Y + "--preemptions 2", "--strategy dfs")]
    [InlineData(Y + "--preemptions -1 --strategy dfs", "--preemptions")]
    [InlineData(Y + "--depth 2", "--strategy pct")]
    [InlineData(Y + "--depth 0 --strategy pct", "--depth")]
    [InlineData(Y + "--strategy dfs --checkpoint c", "--checkpoint needs --strategy dpor")]
    [InlineData(Y + "--resume nosuchfile", "cannot read 'nosuchfile'")]
    [InlineData(Y + "--checkpoint /nosuchfolder/c", "no such folder")]
    [InlineData(Y + "--trace /no/such/folder/t", "no such folder")]
    [InlineData(Y + "--events /no/such/folder/e", "no such folder")]
    [InlineData(Y + "--events /", "not the name of a file")]
    [InlineData("replay", "TOKEN|FILE")]
    [InlineData("replay /no/such/file", "no file")]
    [InlineData("replay --memory tso x", "--memory")]
    public async Task Bad_input_gives_2_and_one_line(string arguments, string reason)
    {
        Answer answer = await SimProcess.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, answer.Exit);
        Assert.Equal("", answer.Output);
        string line = Assert.Single(answer.ErrorLines);
        Assert.StartsWith("sim: ", line, StringComparison.Ordinal);
        Assert.Contains(reason, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("")]
    public async Task A_name_that_cannot_be_printed_still_gives_one_line(string name)
    {
        Answer answer = await SimProcess.Run("explore", name);

        Assert.Equal(2, answer.Exit);
        Assert.StartsWith("sim: unknown scenario", Assert.Single(answer.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "explore <SCENARIO>")]
    [InlineData("explore --help", "--without <SITE>")]
    [InlineData("replay --help", "--trace <FILE>")]
    public async Task Help_is_printed_on_standard_output(string arguments, string part)
    {
        Answer answer = await SimProcess.Run(arguments.Split(' '));

        Assert.Equal((0, ""), (answer.Exit, answer.Error));
        Assert.Contains(part, answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_that_cannot_be_written_gives_one_line()
    {
        Answer answer = await Shell("list scenarios", "> /dev/full");

        Assert.Equal(2, answer.Exit);
        Assert.StartsWith("sim: cannot write the result: ", Assert.Single(answer.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_follows_a_link_and_leaves_a_device_alone()
    {
        using var file = new TempFile();
        string link = file.Path + ".link";
        File.CreateSymbolicLink(link, file.Path);
        string[] broken = ["explore", "double-reap", "--without", "ExitState.Xchg", "--no-progress", "--trace"];

        Assert.Equal(1, (await SimProcess.Run([.. broken, link])).Exit);
        Assert.True(File.Exists(file.Path));
        Assert.Equal(file.Path, new FileInfo(link).LinkTarget);
        Assert.Equal(1, (await SimProcess.Run([.. broken, "/dev/null"])).Exit);
        Assert.Equal(1, (await SimProcess.Run("replay", file.Path)).Exit);
    }

    [Fact]
    public async Task A_folder_is_no_trace()
    {
        Answer answer = await SimProcess.Run("replay", "/");

        Assert.Equal(2, answer.Exit);
        Assert.Contains("is a folder", Assert.Single(answer.ErrorLines), StringComparison.Ordinal);
    }

    private static async Task<Answer> Shell(string arguments, string redirection)
    {
        using var process = System.Diagnostics.Process.Start(
            SimProcess.Quiet("sh", ["-c", $"exec dotnet \"{SimProcess.Assembly}\" {arguments} {redirection}"]))!;
        return await SimProcess.End(process);
    }
}
