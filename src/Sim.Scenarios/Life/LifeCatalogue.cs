namespace Sim.Scenarios.Life;

/// <summary>The kernel scenarios, by name.</summary>
public static class LifeCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        new Scenario
        {
            Name = "exit-vs-wait",
            Summary = "children exit while one or two threads of their parent wait",
            Parameters =
            [
                new Parameter("children", 1, 1, 3, "children that exit"),
                new Parameter("waiters", 1, 1, 2, "threads that wait"),
            ],
            Guarantees = ["K1", "K2", "K4"],
            HasUtrace = false,
            Build = ExitVsWait.Build,
        },
    ];
}
