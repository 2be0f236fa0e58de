using System.Diagnostics;
using System.Globalization;
using Sim.Kernel.Tracehook;
using Sim.Utrace.Variants;

namespace Sim.Bench.Dispatch;

/// <summary>
/// <c>dispatch</c>: the dispatch path of every variant beside a C loop of the same shape, which gcc builds, in one
/// run. Each figure is the best of several short runs, interleaved.
/// </summary>
internal static class DispatchHarness
{
    private const int Runs = 7;

    private static readonly int[] s_engines = [0, 1, 2, 4, 8, 16, 64];

    internal static void Run(string[] args)
    {
        string[] variants = args.Length > 0 ? args : ["b", "fixed"];
        string c = BuildC();
        Console.WriteLine("| engines | quiesce | fences | C ns | " +
            string.Join(" | ", variants.Select(name => $"{name} ns | {name} ns/engine | {name} : C")) + " | B/report |");
        Console.WriteLine("|---:|---|---|---:|" + string.Concat(variants.Select(_ => "---:|---:|---:|")) + "---:|");
        foreach (bool quiesce in (bool[])[false, true])
        {
            foreach (bool fences in (bool[])[true, false])
            {
                foreach (int engines in s_engines.Where(count => count > 0 || !quiesce))
                {
                    Row(c, variants, engines, quiesce, fences);
                }
            }
        }
    }

    private static void Row(string c, string[] variants, int engines, bool quiesce, bool fences)
    {
        int rounds = 2_000_000 / (engines + 1);
        UtraceEvents events = UtraceEvents.SyscallExit | (quiesce ? UtraceEvents.Quiesce : UtraceEvents.None);
        DispatchRig[] rigs =
        [
            .. variants.Select(name => new DispatchRig(
                UtraceVariant.All.First(variant => string.Equals(variant.Name, name, StringComparison.Ordinal)),
                engines,
                events,
                realFences: fences)),
        ];
        double[] best = [.. variants.Select(_ => double.MaxValue)];
        for (int warm = 0; warm < 40; warm++)
        {
            foreach (DispatchRig rig in rigs)
            {
                rig.Report(UtraceEvents.SyscallExit, rounds / 20);
            }

            System.Threading.Thread.Sleep(5);
        }

        long bytes = GC.GetAllocatedBytesForCurrentThread();
        for (int run = 0; run < Runs; run++)
        {
            for (int i = 0; i < rigs.Length; i++)
            {
                long begin = Stopwatch.GetTimestamp();
                rigs[i].Report(UtraceEvents.SyscallExit, rounds);
                best[i] = Math.Min(best[i], Stopwatch.GetElapsedTime(begin).TotalNanoseconds / rounds);
            }
        }

        double allocated = (GC.GetAllocatedBytesForCurrentThread() - bytes) / ((double)rounds * Runs * rigs.Length);
        double native = RunC(c, engines, quiesce, fences, rounds);
        string cells = string.Join(" | ", best.Select(ns => string.Create(
            CultureInfo.InvariantCulture, $"{ns:F1} | {(engines == 0 ? ns : ns / engines):F1} | {ns / native:F2}")));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {engines} | {(quiesce ? "yes" : "no")} | {(fences ? "real" : "none")} | {native:F1} | {cells} | {allocated:F2} |"));
    }

    private static string BuildC()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "dispatch");
        Directory.CreateDirectory(folder);
        string binary = Path.Combine(folder, "dispatch");
        string source = Path.Combine(AppContext.BaseDirectory, "Dispatch", "dispatch.c");
        using Process gcc = Process.Start("gcc", ["-O2", "-Wall", "-Wextra", "-o", binary, source]);
        gcc.WaitForExit();
        return gcc.ExitCode == 0 ? binary : throw new InvalidOperationException("gcc failed");
    }

    private static double RunC(string binary, int engines, bool quiesce, bool fences, int rounds)
    {
        var start = new ProcessStartInfo(
            binary,
            [
                engines.ToString(CultureInfo.InvariantCulture),
                quiesce ? "1" : "0",
                fences ? "1" : "0",
                rounds.ToString(CultureInfo.InvariantCulture),
            ])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(text, CultureInfo.InvariantCulture);
    }
}
