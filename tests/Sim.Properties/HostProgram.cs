using System.Diagnostics;
using System.Threading.Tasks;

namespace Sim.Properties;

/// <summary>Programs of the host: compilers, emulators, and what they made.</summary>
internal static class HostProgram
{
    /// <summary>Runs one to its end, with bytes for its standard input.</summary>
    internal static (int Exit, byte[] Output) Execute(string program, byte[] input, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        using var output = new MemoryStream();
        Task reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        reading.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, output.ToArray());
    }
}
