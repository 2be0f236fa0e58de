using System.Globalization;
using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Scenarios;

namespace Sim.Bench;

/// <summary>
/// What a memory model costs: transitions per second of processor time in whole searches of utrace worlds, sc beside
/// it in turn. The best round counts.
/// </summary>
internal static class ModelHarness
{
    private static readonly string[] s_worlds =
    [
        "attach-vs-release attachers=2",
        "barrier-vs-callback",
        "detach-vs-death",
        "events-vs-death",
        "request-vs-resume tracers=2",
    ];

    private static readonly MemoryModel[] s_models = [MemoryModel.Sc, MemoryModel.Tso, MemoryModel.Lkmm, MemoryModel.Power];

    /// <summary>Prints a table.</summary>
    /// <param name="args">How many rounds.</param>
    internal static void Run(string[] args)
    {
        int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3;
        Console.WriteLine("| world | model | executions | transitions | transitions/s | cost, in times sc |");
        Console.WriteLine("|---|---|---:|---:|---:|---:|");
        double[] logs = new double[s_models.Length];
        foreach (string text in s_worlds)
        {
            double[] rates = new double[s_models.Length];
            var results = new ExploreResult[s_models.Length];
            for (int round = 0; round <= rounds; round++)
            {
                for (int i = 0; i < s_models.Length; i++)
                {
                    (results[i], double seconds) = Explore(text, s_models[i]);

                    // The first round compiles.
                    rates[i] = round == 0 ? 0 : Math.Max(rates[i], results[i].Transitions / seconds);
                }
            }

            for (int i = 0; i < s_models.Length; i++)
            {
                double times = rates[0] / rates[i];
                logs[i] += Math.Log(times);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {text} | {s_models[i]} | {results[i].Executions:N0} | {results[i].Transitions:N0} | {rates[i]:N0} | {times:F2} |"));
            }
        }

        for (int i = 1; i < s_models.Length; i++)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"geometric mean: {s_models[i]} costs {Math.Exp(logs[i] / s_worlds.Length):F2} times what sc does"));
        }
    }

    private static (ExploreResult Result, double Seconds) Explore(string text, MemoryModel memory)
    {
        string[] words = text.Split(' ');
        Scenario scenario = Catalogue.Find(words[0])!;
        var values = words[1..].Select(word => word.Split('=')).ToDictionary(
            pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        World world = scenario.World(new WorldRequest(scenario.Fill(values), "fixed"));
        GC.Collect();
        TimeSpan busy = Environment.CpuUsage.TotalTime;
        ExploreResult result = Explorer.Run(world, new ExploreOptions { Memory = memory });
        return (result, (Environment.CpuUsage.TotalTime - busy).TotalSeconds);
    }
}
