namespace Sim.Scenarios.Yardsticks;

/// <summary>Makes scenarios of yardstick programs.</summary>
internal static class Yardstick
{
    /// <summary>A program of one size.</summary>
    internal static Scenario Of(string name, string summary, Action<Variables> build)
        => Make(name, summary, [], (program, _) =>
        {
            build(program);
            return null;
        });

    /// <summary>A program of any size up to a limit.</summary>
    internal static Scenario Of(string name, string summary, int usual, int most, Action<Variables, int> build)
        => Make(name, summary, [Size(usual, most)], (program, n) =>
        {
            build(program, n);
            return null;
        });

    /// <summary>A program with a check at its end.</summary>
    internal static Scenario Checked(
        string name, string summary, Parameter? size, Func<Variables, int, Action?> build)
        => Make(name, summary, size is null ? [] : [size], build);

    /// <summary>The parameter of a program.</summary>
    internal static Parameter Size(int usual, int most) => new("n", usual, 1, most, "size of the program");

    private static Scenario Make(
        string name, string summary, IReadOnlyList<Parameter> parameters, Func<Variables, int, Action?> build)
        => new()
        {
            Name = "yardstick/" + name,
            Summary = summary,
            Parameters = parameters,
            HasUtrace = false,
            Build = (machine, request)
                => build(new Variables(machine), parameters.Count == 0 ? 0 : request.Values["n"]),
        };
}

/// <summary>
/// Small programs whose numbers of partial orders are known exactly: from GenMC, Concuerror and
/// Nidhugg, and by counting. What an explorer visits is compared with them.
/// </summary>
public static class YardstickCatalogue
{
    /// <summary>The programs, from the simplest kind on.</summary>
    public static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        .. Shapes.Scenarios,
        .. Counters.Scenarios,
        .. CompareAndSwap.Scenarios,
        .. Sequences.Scenarios,
        .. Branches.Scenarios,
        .. Mutexes.Scenarios,
        .. Lifecycles.Scenarios,
        .. MutualExclusion.Scenarios,
    ];
}
