using System.Text.Json;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

public sealed class ListTests
{
    [Theory]
    [InlineData("scenarios", "yardstick/attach")]
    [InlineData("scenarios", "attach-vs-release")]
    [InlineData("guarantees", "G7")]
    [InlineData("sites", "Yardstick.Attach")]
    [InlineData("sites", "AttachVsRelease.Attach")]
    [InlineData("mutants", "without:AttachVsRelease.Attach")]
    [InlineData("variants", "b")]
    public async Task A_list_has_the_name_first_on_a_line_and_in_its_json(string list, string name)
    {
        Answer text = await SimProcess.Run("list", list);
        Answer json = await SimProcess.Run("list", list, "--json");

        Assert.Equal((0, 0), (text.Exit, json.Exit));
        string[] names = [.. text.Output.TrimEnd('\n').Split('\n').Select(line => line.Split(' ')[0])];
        Assert.Contains(name, names, StringComparer.Ordinal);
        IEnumerable<string> inJson = JsonDocument.Parse(json.Output).RootElement.EnumerateArray()
            .Select(item => item.GetProperty("name").GetString()!);
        Assert.Equal(names, inJson, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_list_of_what_does_not_exist_yet_is_empty()
    {
        Answer text = await SimProcess.Run("list", "lessons");
        Answer json = await SimProcess.Run("list", "lessons", "--json");

        Assert.Equal((0, "", ""), (text.Exit, text.Output, text.Error));
        Assert.Equal((0, "[]\n", ""), (json.Exit, json.Output, json.Error));
    }
}
