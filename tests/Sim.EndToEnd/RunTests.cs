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
    [InlineData("gcc", "libc-hello.c")]
    [InlineData("musl-gcc", "libc-hello.c")]
    [InlineData("musl-gcc", "libc-hello.c", "-static-pie", "-fPIE")]
    [InlineData("gcc", "threads.c", "-pthread")]
    [InlineData("powerpc64-linux-gnu-gcc", "threads.c", "-pthread")]
    [InlineData("powerpc64-linux-gnu-gcc", "input.c", "-lm")]
    public async Task A_program_of_a_C_library_with_threads_and_input_prints_and_exits_as_natively(
        string compiler, string source, params string[] options)
    {
        const string Input = "1.5\n2.25\n-3\n1e10\n";
        string program = await Compile(compiler, source, options);
        string[] native = compiler.StartsWith("powerpc", StringComparison.Ordinal) ? ["qemu-ppc64", program] : [program];
        Answer expected = await Feed(Input, native);
        Assert.NotEmpty(expected.Output);

        Answer simulated = await Feed(Input, "dotnet", SimProcess.Assembly, "run", program);

        Assert.Equal(expected.Output, simulated.Output);
        Assert.Equal(expected.Exit, simulated.Exit);
    }

    [Theory]
    [InlineData("gcc")]
    [InlineData("musl-gcc")]
    [InlineData("powerpc64-linux-gnu-gcc")]
    public async Task A_seed_chooses_who_runs_when_and_a_token_does_it_again(string compiler)
    {
        string program = await Compile(compiler, "race.c", "-pthread");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int seed = 0; seed < 12; seed++)
        {
            string number = seed.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Answer run = await SimProcess.Run("run", "--seed", number, "--print-schedule", program);
            Answer again = await SimProcess.Run("run", "--schedule", run.ErrorLines[^1]["sim: schedule ".Length..], program);

            Assert.Equal((0, 0, run.Output), (run.Exit, again.Exit, again.Output));
            Assert.InRange(int.Parse(run.Output, System.Globalization.CultureInfo.InvariantCulture), 2, 2000);
            seen.Add(run.Output);
        }

        Assert.True(seen.Count > 1, "no seed showed the race");
    }

    [Fact]
    public async Task A_token_of_another_program_and_what_is_no_token_are_mistakes_of_one_line()
    {
        string program = await Compile("gcc", "hello.c", "-nostdlib");
        foreach (string[] options in new string[][] { ["--schedule", "r1:1:000000000000"], ["--schedule", "x"], ["--schedule", "r1:-:0", "--seed", "1"] })
        {
            Answer result = await SimProcess.Run(["run", .. options, program]);
            Assert.Equal((2, ""), (result.Exit, result.Output));
            Assert.StartsWith("sim: --schedule", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("gcc")]
    [InlineData("musl-gcc")]
    [InlineData("powerpc64-linux-gnu-gcc")]
    public async Task A_program_executes_another_file(string compiler)
    {
        string program = await Compile(compiler, "execute.c");

        Answer simulated = await SimProcess.Run("run", program);

        Assert.Equal("argc 3 argv2 word env hello\nstatus 900\n", simulated.Output);
        Assert.Equal("execl: No such file or directory\n", simulated.Error);
        Assert.Equal(3, simulated.Exit);
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
        Answer compiled = await Execute(compiler, ["-O2", "-static", "-o", program, path, .. options]);
        Assert.True(compiled.Exit == 0, compiled.Error);
        return program;
    }

    /// <summary>Runs a program with something on its standard input, which it need not read.</summary>
    private async Task<Answer> Feed(string input, params string[] command)
    {
        string file = Path.Combine(_folder, "input.txt");
        await File.WriteAllTextAsync(file, input, TestContext.Current.CancellationToken);
        return await Execute("sh", ["-c", "exec \"$@\" < \"$0\"", file, .. command]);
    }

    private static async Task<Answer> Execute(string file, params string[] arguments)
    {
        using Process process = Process.Start(SimProcess.Quiet(file, arguments))!;
        return await SimProcess.End(process);
    }
}
