using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

/// <summary>What a call of the command gave back.</summary>
internal sealed record Answer(int Exit, string Output, string Error)
{
    /// <summary>The lines on standard error.</summary>
    public string[] ErrorLines
        => Error.Length == 0 ? [] : Error.TrimEnd('\n').Split('\n');
}

/// <summary>Calls the command as a program, in the configuration of the tests.</summary>
internal static class SimProcess
{
    /// <summary>The repository.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>The program.</summary>
    internal static string Assembly { get; } = Path.Combine(
        Root, "src", "Sim.Cli", "bin", Configuration(), "net10.0", "sim.dll");

    /// <summary>Calls the command and waits for its end.</summary>
    internal static async Task<Answer> Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        return await End(process);
    }

    /// <summary>Starts the command.</summary>
    internal static Process Start(params string[] arguments)
        => Process.Start(Quiet("dotnet", [Assembly, .. arguments]))!;

    /// <summary>Collects what a process says until its end.</summary>
    internal static async Task<Answer> End(Process process)
    {
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancelled);
        Task<string> error = process.StandardError.ReadToEndAsync(cancelled);
        await process.WaitForExitAsync(cancelled);
        return new Answer(process.ExitCode, await output, await error);
    }

    /// <summary>How to start a program with everything it says collected.</summary>
    internal static ProcessStartInfo Quiet(string program, string[] arguments) => new(program, arguments)
    {
        WorkingDirectory = Path.GetTempPath(),
        UseShellExecute = false,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private static string Configuration()
        => new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')).Parent!.Name;

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "sim.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("no sim.sln above the tests");
    }
}
