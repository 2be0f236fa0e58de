using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

public sealed partial class LitmusTests
{
    private const string Malformed = "X86 bad\n{ }\n P0 ;\n FSIN ;\nexists (x=1)\n";

    private static string Worked => Path.Combine(SimProcess.Root, "data", "litmus", "worked");

    [Fact]
    public async Task A_test_is_told_as_herd_tells_it()
    {
        Answer answer = await SimProcess.Run("litmus", Path.Combine(Worked, "SB.litmus"));

        Assert.Equal((0, ""), (answer.Exit, answer.Error));
        Assert.StartsWith(
            """
            Test SB Allowed (tso)
            States 4
            1      *>0:EAX=0; 1:EAX=0;
            1      :>0:EAX=0; 1:EAX=1;
            1      :>0:EAX=1; 1:EAX=0;
            1      :>0:EAX=1; 1:EAX=1;
            Ok
            Witnesses
            Positive: 1 Negative: 3
            Condition exists (0:EAX=0 /\ 1:EAX=0)
            Observation SB Sometimes 1 3
            Time SB
            """,
            answer.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_an_object_per_test()
    {
        Answer answer = await SimProcess.Run("litmus", "--json", "--memory", "SC", "--engine", "axiomatic", "--jobs", "2", Worked);

        Assert.Equal((0, ""), (answer.Exit, answer.Error));
        string[] lines = answer.Output.TrimEnd('\n').Split('\n');
        string[] files = [.. Directory.GetFiles(Worked).Order(StringComparer.Ordinal)];
        string[] named = [.. lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("file").GetString()!)];
        Assert.Equal<string[]>(files, named);
        JsonElement first = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal(
            "file name memory outcomes condition verdict expected agrees executions complete loses seconds",
            string.Join(' ', first.EnumerateObject().Select(property => property.Name)));
        Assert.Equal("2+2W+wmb+wmb sc Never Never True 3", string.Join(' ', new[] { "name", "memory", "verdict", "expected", "agrees", "executions" }
            .Select(name => first.GetProperty(name).ToString())));
        Assert.Equal("""{"state":"[x]=1; [y]=1;","count":1}""", first.GetProperty("outcomes")[0].GetRawText());
    }

    [Fact]
    public async Task A_malformed_file_is_named_and_the_rest_of_the_folder_runs()
    {
        using var folder = new TempFile();
        string directory = Path.GetDirectoryName(folder.Path)!;
        await File.WriteAllTextAsync(Path.Combine(directory, "a.litmus"), Malformed, CancellationToken.None);
        File.Copy(Path.Combine(Worked, "MP.litmus"), Path.Combine(directory, "b.litmus"));

        Answer answer = await SimProcess.Run("litmus", directory);

        Assert.Equal((2, $"{directory}/a.litmus:4:2: instruction 'fsin' is not supported\n"), (answer.Exit, answer.Error));
        Assert.Contains("Observation MP Never 0 3\n", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_as_expected_is_in_a_table()
    {
        using var folder = new TempFile();
        string directory = Path.GetDirectoryName(folder.Path)!;
        File.Copy(Path.Combine(Worked, "MP.litmus"), Path.Combine(directory, "MP.litmus"));
        File.Copy(Path.Combine(Worked, "SB.litmus"), Path.Combine(directory, "SB.litmus"));
        await File.WriteAllTextAsync(
            Path.Combine(directory, "index.tsv"),
            "file\tarch\tmodel\tverdict\nMP.litmus\tX86\tTSO\tSometimes\nSB.litmus\tX86\tTSO\tSometimes\n",
            CancellationToken.None);

        Answer answer = await SimProcess.Run("litmus", directory);

        Assert.Equal((1, ""), (answer.Exit, answer.Error));
        Assert.Contains($"{directory}/MP.litmus  tso     Sometimes  Never\n2 tests: 1 as expected, 1 not, 0 out of reach, 0 without an expected verdict\n", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_buffering_is_named_and_not_counted_as_a_disagreement()
    {
        Answer answer = await SimProcess.Run("litmus", Path.Combine(Worked, "LB+po+po.litmus"));

        Assert.Equal(0, answer.Exit);
        Assert.Contains(
            "Out of reach of this engine: load buffering; 3 of 4 final states need no load delayed past a later store\n",
            answer.Output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unknown memory model 'arm'", "--memory", "arm")]
    [InlineData("unknown engine 'herd'", "--engine", "herd")]
    [InlineData("--strategy means nothing to the axiomatic engine", "--engine", "axiomatic", "--strategy", "dpor")]
    [InlineData("there is no file 'nowhere'", "nowhere")]
    [InlineData("--index: cannot read 'nowhere'", "--index", "nowhere")]
    public async Task Bad_arguments_are_refused_in_one_line(string problem, params string[] arguments)
    {
        Answer answer = await SimProcess.Run(["litmus", .. arguments, Path.Combine(Worked, "SB.litmus")]);

        Assert.Equal((2, ""), (answer.Exit, answer.Output));
        Assert.StartsWith($"sim: {problem}", Assert.Single(answer.ErrorLines), StringComparison.Ordinal);
    }

    /// <summary>The commands of docs/memory-models.md print the lines that stand beside them.</summary>
    [Fact]
    public async Task The_worked_shapes_are_true()
    {
        string text = await File.ReadAllTextAsync(Path.Combine(SimProcess.Root, "docs", "memory-models.md"), CancellationToken.None);
        MatchCollection commands = Command().Matches(text);

        Assert.True(commands.Count >= 22);
        foreach (Match command in commands)
        {
            string[] arguments = [.. command.Groups["arguments"].Value.Split(' ')
                .Select(argument => argument.StartsWith("data/", StringComparison.Ordinal) ? Path.Combine(SimProcess.Root, argument) : argument)];
            Answer answer = await SimProcess.Run(["litmus", .. arguments]);
            string observation = Assert.Single(answer.Output.Split('\n'), line => line.StartsWith("Observation ", StringComparison.Ordinal));
            Assert.Equal($"{command.Groups["arguments"]}: {command.Groups["answer"]}", $"{command.Groups["arguments"]}: {observation}");
        }
    }

    [GeneratedRegex(@"`\./sim litmus (?<arguments>[^`]*)` \| `(?<answer>Observation [^`]*)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Command();
}
