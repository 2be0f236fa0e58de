using System.Globalization;
using Microsoft.Coyote;
using Microsoft.Coyote.SystematicTesting;
using Sim.Coyote;
using Sim.Explore;
using Sim.Scenarios.Yardsticks;

// The attach program in Coyote and in Sim, in one process, in turn; the best round counts. Coyote hands over
// between threads of the system and so loses more to others on the machine: its rate by processor time is told too.
uint iterations = args.Length > 0 ? uint.Parse(args[0], CultureInfo.InvariantCulture) : 300;
int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
Console.WriteLine("| attachers | partial orders | Coyote, iterations/s | by processor time | Sim, executions/s "
    + "| by processor time | times Coyote | by processor time | Sim: all of them, ms |");
Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
foreach (int attachers in (int[])[2, 3, 5])
{
    var coyote = new Rate();
    var sim = new Rate();
    ExploreResult whole = Reduce(attachers);
    int searches = (int)Math.Max(1, 400_000 / whole.Executions);
    for (int round = 0; round < rounds; round++)
    {
        coyote.Measure(() => Sample(iterations, attachers), iterations);
        sim.Measure(
            () =>
            {
                for (int i = 0; i < searches; i++)
                {
                    whole = Reduce(attachers);
                }
            },
            searches * whole.Executions);
    }

    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {attachers} | {whole.Executions:N0} | {coyote.Wall:N0} | {coyote.Busy:N0} | {sim.Wall:N0} | {sim.Busy:N0} " +
        $"| {sim.Wall / coyote.Wall:N0} | {sim.Busy / coyote.Busy:N0} | {whole.Executions / sim.Busy * 1000:F3} |"));
}

static void Sample(uint iterations, int attachers)
{
    using TestingEngine engine = TestingEngine.Create(
        Configuration.Create().WithTestingIterations(iterations).WithRandomStrategy().WithRandomGeneratorSeed(1).WithTelemetryEnabled(false),
        () => new TaskProgram(attachers).Run());
    TextWriter console = Console.Out;
    Console.SetOut(TextWriter.Null);
    engine.Run();
    Console.SetOut(console);
    TestReport report = engine.TestReport;
    if (report.NumOfFoundBugs > 0 || report.NumOfExploredFairPaths + report.NumOfExploredUnfairPaths != iterations)
    {
        throw new InvalidOperationException($"Coyote came to another end: {report.BugReports.FirstOrDefault()}");
    }
}

static ExploreResult Reduce(int attachers)
    => Explorer.Run(machine => AttachProgram.Build(machine, attachers), new ExploreOptions());
