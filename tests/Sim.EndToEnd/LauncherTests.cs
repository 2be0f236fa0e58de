using System.Diagnostics;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

public sealed class LauncherTests
{
    [Fact]
    public async Task Launcher_writes_only_the_answer_on_standard_output()
    {
        string launcher = Path.Combine(SimProcess.Root, "sim");
        using Process sim = Process.Start(SimProcess.Quiet(launcher, ["--version"]))!;
        Answer answer = await SimProcess.End(sim);

        Assert.Equal(0, answer.Exit);
        Assert.Single(answer.Output.TrimEnd('\n').Split('\n'));
    }
}
