using System.Diagnostics;
using System.Threading.Tasks;

namespace Sim.EndToEnd;

/// <summary>Programs that are compiled here, natively or under qemu, and under <c>sim run</c>.</summary>
public sealed class RunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sim-run").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("hello.c", "-nostdlib")]
    [InlineData("hello.c", "-nostdlib", "-static-pie", "-fPIE")]
    [InlineData("sort.c")]
    [InlineData("processes.c")]
    [InlineData("arith.c")]
    [InlineData("selfmod.c")]
    public async Task A_static_program_prints_and_exits_as_on_the_processor(string source, params string[] options)
    {
        string program = await Compile("gcc", source, options);
        Answer native = await Execute(program);

        Answer simulated = await SimProcess.Run("run", program);

        Assert.Equal(native.Output, simulated.Output);
        Assert.Equal(native.Exit, simulated.Exit);
    }

    [Theory]
    [InlineData("powerpc64-linux-gnu-gcc", "qemu-ppc64", "arith.c")]
    [InlineData("powerpc64-linux-gnu-gcc", "qemu-ppc64", "sort.c")]
    [InlineData("powerpc64-linux-gnu-gcc", "qemu-ppc64", "processes.c")]
    [InlineData("powerpc-linux-gnu-gcc", "qemu-ppc", "arith.c")]
    [InlineData("powerpc-linux-gnu-gcc", "qemu-ppc", "sort.c")]
    [InlineData("powerpc-linux-gnu-gcc", "qemu-ppc", "processes.c")]
    public async Task A_powerpc_program_prints_and_exits_as_under_qemu(string compiler, string emulator, string source)
    {
        string program = await Compile(compiler, source);
        Answer emulated = await Execute(emulator, program);
        Assert.NotEmpty(emulated.Output);

        Answer simulated = await SimProcess.Run("run", program);

        Assert.Equal(emulated.Output, simulated.Output);
        Assert.Equal(emulated.Exit, simulated.Exit);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(63)]
    [InlineData(100)]
    public async Task A_file_that_is_cut_off_is_a_mistake_of_one_line(int length)
    {
        byte[] whole = await File.ReadAllBytesAsync(await Compile("gcc", "hello.c", "-nostdlib"), TestContext.Current.CancellationToken);
        string cut = Path.Combine(_folder, "cut");
        await File.WriteAllBytesAsync(cut, whole[..length], TestContext.Current.CancellationToken);

        Answer result = await SimProcess.Run("run", cut);

        Assert.Equal(2, result.Exit);
        Assert.Single(result.ErrorLines);
    }

    private async Task<string> Compile(string compiler, string source, params string[] options)
    {
        string program = Path.Combine(_folder, Path.GetFileNameWithoutExtension(source));
        string path = Path.Combine(AppContext.BaseDirectory, "programs", source);
        Answer compiled = await Execute(compiler, ["-O2", "-static", .. options, "-o", program, path]);
        Assert.True(compiled.Exit == 0, compiled.Error);
        return program;
    }

    private static async Task<Answer> Execute(string file, params string[] arguments)
    {
        using Process process = Process.Start(SimProcess.Quiet(file, arguments))!;
        return await SimProcess.End(process);
    }
}
