using System.Diagnostics;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

/// <summary>Programs that are compiled here, natively and under <c>sim run</c>.</summary>
public sealed class RunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sim-run").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("hello.c", "-nostdlib")]
    [InlineData("hello.c", "-nostdlib", "-static-pie", "-fPIE")]
    [InlineData("sort.c")]
    [InlineData("processes.c")]
    public async Task A_static_program_prints_and_exits_as_on_the_processor(string source, params string[] options)
    {
        string program = Compile(source, options);
        (int status, string output, _) = Execute(program);

        Answer simulated = await SimProcess.Run("run", program);

        Assert.Equal(output, simulated.Output);
        Assert.Equal(status, simulated.Exit);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(63)]
    [InlineData(100)]
    public async Task A_file_that_is_cut_off_is_a_mistake_of_one_line(int length)
    {
        byte[] whole = File.ReadAllBytes(Compile("hello.c", "-nostdlib"));
        string cut = Path.Combine(_folder, "cut");
        File.WriteAllBytes(cut, whole[..length]);

        Answer result = await SimProcess.Run("run", cut);

        Assert.Equal(2, result.Exit);
        Assert.Single(result.ErrorLines);
    }

    private string Compile(string source, params string[] options)
    {
        string program = Path.Combine(_folder, Path.GetFileNameWithoutExtension(source));
        string path = Path.Combine(AppContext.BaseDirectory, "programs", source);
        (int status, _, string errors) = Execute("gcc", ["-O2", "-static", .. options, "-o", program, path]);
        Assert.True(status == 0, errors);
        return program;
    }

    private static (int Status, string Output, string Errors) Execute(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
