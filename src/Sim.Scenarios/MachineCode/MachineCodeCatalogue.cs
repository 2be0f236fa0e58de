namespace Sim.Scenarios.MachineCode;

/// <summary>The scenarios whose programs are machine code, by name.</summary>
public static class MachineCodeCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        new Scenario
        {
            Name = "step-fork",
            Summary = "an engine steps through fork(): on powerpc for ever (try --strategy states)",
            Parameters =
            [
                new Parameter("powerpc", 1, 0, 1, "powerpc instead of x86_64"),
                new Parameter("raw", 0, 0, 1, "whether the program makes the system call itself, without the library's lock"),
                new Parameter("whole", 0, 0, 1, "whether the engine steps over an atomic sequence as a whole"),
            ],
            Guarantees = ["G25"],
            Build = StepFork.Build,
        },
    ];
}
