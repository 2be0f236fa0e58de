using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

/// <summary>The tour in README.md is what the commands print, but for how long they took.</summary>
public sealed partial class ReadmeTests
{
    private const string Prompt = "    $ ./sim ";

    [Fact]
    public async Task The_tour_is_true()
    {
        string file = Path.Combine(SimProcess.Root, "README.md");
        string[] lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        var fresh = new StringBuilder();
        int commands = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            fresh.Append(lines[i]).Append('\n');
            if (!lines[i].StartsWith(Prompt, StringComparison.Ordinal))
            {
                continue;
            }

            commands++;
            int last = i;
            while (last + 1 < lines.Length && (lines[last + 1].StartsWith("    ", StringComparison.Ordinal) ||
                (lines[last + 1].Length == 0 && lines[last + 2].StartsWith("    ", StringComparison.Ordinal))))
            {
                last++;
            }

            fresh.Append(await Rerun(lines[i][Prompt.Length..]));
            i = last;
        }

        Assert.True(commands >= 4);
        if (string.Equals(Environment.GetEnvironmentVariable("SIM_UPDATE"), "1", StringComparison.Ordinal))
        {
            await File.WriteAllTextAsync(file, fresh.ToString(), TestContext.Current.CancellationToken);
        }

        string written = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(Seconds().Replace(fresh.ToString(), "s"), Seconds().Replace(written, "s"));
    }

    private static async Task<string> Rerun(string command)
    {
        string[] parts = command.Split(" | head -");
        Answer answer = await SimProcess.Run(parts[0].Split(' '));
        IEnumerable<string> lines = answer.Output.TrimEnd('\n').Split('\n');
        if (parts.Length > 1)
        {
            int count = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
            lines = lines.Take(count).Append("...");
        }

        return string.Concat(lines.Select(line => line.Length == 0 ? "\n" : $"    {line}\n"));
    }

    [GeneratedRegex(@"\d+\.\d\d s", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Seconds();
}
