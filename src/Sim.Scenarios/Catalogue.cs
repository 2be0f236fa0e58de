using Sim.Kernel;
using Sim.Machine.Memory;
using Sim.Scenarios.Laws;
using Sim.Scenarios.Museum;
using Sim.Scenarios.Races;
using Sim.Scenarios.Yardsticks;
using Sim.Utrace;
using Sim.Utrace.Variants;

namespace Sim.Scenarios;

/// <summary>Everything that has a name on the command line.</summary>
public static class Catalogue
{
    /// <summary>The scenarios, in the order in which they are listed.</summary>
    public static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        .. RaceCatalogue.Scenarios,
        .. Life.LifeCatalogue.Scenarios,
        .. MachineCode.MachineCodeCatalogue.Scenarios,
        new Scenario
        {
            Name = "yardstick/attach",
            Summary = "the attach/release protocol as a plain C program, with known exact counts",
            Parameters = [new Parameter("attachers", 3, 1, 12, "threads that attach")],
            Guarantees = ["reaped"],
            Sites = [AttachProgram.AttacherFence, AttachProgram.ReleaserFence],
            HasUtrace = false,
            Build = (machine, request) => AttachProgram.Build(machine, request.Values["attachers"]),
        },
        .. YardstickCatalogue.Scenarios,
    ];

    /// <summary>The variants of the utrace algorithm, with one line each.</summary>
    public static IReadOnlyList<(string Name, string Summary)> Variants { get; } =
        [.. UtraceVariant.All.Select(variant => (variant.Name, variant.Summary))];

    /// <summary>The guarantees that have a monitor, with one sentence each.</summary>
    public static IReadOnlyList<(string Name, string Sentence)> Guarantees { get; } =
        [.. AllLaws.List.Select(law => (law.Name, law.Sentence)), .. Life.LifeLaws.List.Concat(MuseumLaws.List).Select(law => (law.Name, law.Sentence))];

    /// <summary>The sites of kernel and utrace that can be taken away.</summary>
    public static IReadOnlyList<Site> Sites { get; } = [.. UtraceSites.All, .. KernelSites.All];

    /// <summary>The scenario of a name, or null.</summary>
    public static Scenario? Find(string name)
        => Scenarios.Concat(MuseumCatalogue.Scenarios).FirstOrDefault(scenario => string.Equals(scenario.Name, name, StringComparison.Ordinal));
}
