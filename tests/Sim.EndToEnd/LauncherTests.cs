using System.Diagnostics;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

public sealed class LauncherTests
{
    [Fact]
    public async Task Launcher_writes_only_the_answer_on_standard_output()
    {
        ProcessStartInfo start = new(Path.Combine(RepositoryRoot(), "sim"), "--version")
        {
            WorkingDirectory = Path.GetTempPath(),
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };

        using Process sim = Process.Start(start)!;
        string output = await sim.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await sim.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, sim.ExitCode);
        Assert.Single(output.TrimEnd('\n').Split('\n'));
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "sim.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("no sim.sln above the tests");
    }
}
