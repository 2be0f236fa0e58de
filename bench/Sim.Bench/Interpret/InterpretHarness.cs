using System.Diagnostics;
using System.Globalization;

namespace Sim.Bench.Interpret;

/// <summary>
/// <c>interpret [rounds]</c>: one integer program, which gcc builds, under qemu and under the interpreters, in one
/// run; then what an engine that steps it costs, and what the start of <c>sim run</c> costs beside that of a .NET
/// program that does nothing. Each figure is the best of several, interleaved.
/// </summary>
internal static class InterpretHarness
{
    private const int Runs = 5;
    private const int SteppedRounds = 1;

    internal static void Run(string[] args)
    {
        int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 500;
        string[] powerPc = ["-mcpu=power4"];
        (string Name, string Compiler, string Emulator, string[] Options)[] processors =
        [
            ("x86_64", "gcc", "qemu-x86_64", []),
            ("ppc64", "powerpc64-linux-gnu-gcc", "qemu-ppc64", powerPc),
        ];
        Console.WriteLine("| processor | instructions | qemu s | Sim s | ns per instruction | Sim : qemu | B per instruction | stepped ns | stepped : plain |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach ((string name, string compiler, string emulator, string[] options) in processors)
        {
            Row(name, Build(compiler, options), emulator, rounds);
        }

        Start(Build("gcc", []));
    }

    private static void Row(string name, string program, string emulator, int rounds)
    {
        InterpretRun none = InterpretRig.Run(program, 0, steps: false);
        double simulated = double.MaxValue;
        double emulated = double.MaxValue;
        double stepped = double.MaxValue;
        InterpretRun run = default;
        for (int i = 0; i < Runs; i++)
        {
            run = InterpretRig.Run(program, rounds, steps: false);
            simulated = Math.Min(simulated, run.Seconds);
            emulated = Math.Min(emulated, Emulate(emulator, program, rounds, run.Output));
            InterpretRun slow = InterpretRig.Run(program, SteppedRounds, steps: true);
            stepped = Math.Min(stepped, 1e9 * slow.Seconds / slow.Instructions);
        }

        double plain = 1e9 * simulated / run.Instructions;
        double bytes = (double)(run.Bytes - none.Bytes) / (run.Instructions - none.Instructions);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {run.Instructions:N0} | {emulated:F3} | {simulated:F3} | {plain:F2} | {simulated / emulated:F1} | {bytes:F4} | {stepped:F0} | {stepped / plain:F0} |"));
    }

    private static double Emulate(string emulator, string program, int rounds, string expected)
    {
        long begin = Stopwatch.GetTimestamp();
        using Process process = Begin(emulator, program, rounds.ToString(CultureInfo.InvariantCulture));
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return string.Equals(output, expected, StringComparison.Ordinal)
            ? seconds
            : throw new InvalidOperationException($"{emulator} printed {output} and the interpreter {expected}");
    }

    /// <summary>From the start of a process to its end: this program with nothing to do, and sim with next to nothing.</summary>
    private static void Start(string program)
    {
        string own = typeof(InterpretHarness).Assembly.Location;
        string root = own;
        while (!File.Exists(Path.Combine(root, "sim.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("not in the repository");
        }

        string sim = Path.Combine(root, "src", "Sim.Cli", "bin", "Release", "net10.0", "sim.dll");
        double empty = double.MaxValue;
        double run = double.MaxValue;
        for (int i = 0; i < 2 * Runs; i++)
        {
            empty = Math.Min(empty, Time(own, "nothing"));
            run = Math.Min(run, Time(sim, "run", program, "0"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\nstart to exit: nothing {1000 * empty:F0} ms, sim run {1000 * run:F0} ms, {run / empty:F1} times"));
    }

    private static double Time(params string[] arguments)
    {
        long begin = Stopwatch.GetTimestamp();
        using Process process = Begin("dotnet", arguments);
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? Stopwatch.GetElapsedTime(begin).TotalSeconds
            : throw new InvalidOperationException($"{string.Join(' ', arguments)} failed");
    }

    private static Process Begin(string file, params string[] arguments)
        => Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;

    private static string Build(string compiler, string[] options)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "interpret");
        Directory.CreateDirectory(folder);
        string binary = Path.Combine(folder, compiler);
        string source = Path.Combine(AppContext.BaseDirectory, "Interpret", "integers.c");
        string[] usual = ["-O2", "-fno-tree-vectorize", "-fno-stack-protector", "-ffreestanding", "-nostdlib", "-static"];
        using Process gcc = Process.Start(compiler, [.. usual, .. options, "-o", binary, source]);
        gcc.WaitForExit();
        return gcc.ExitCode == 0 ? binary : throw new InvalidOperationException($"{compiler} failed");
    }
}
