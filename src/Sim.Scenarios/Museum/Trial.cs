using Sim.Explore;

namespace Sim.Scenarios.Museum;

/// <summary>What became of an exhibit.</summary>
public enum TrialVerdict
{
    /// <summary>The mistake is caught, and the fixed form is explored to the end and clean.</summary>
    Caught,

    /// <summary>The mistake is not caught by whom it should be, or the fixed form is not clean.</summary>
    Missed,

    /// <summary>A control: explored to the end with the switch, and nothing broke.</summary>
    Clean,
}

/// <summary>One exhibit explored: with the mistake by several strategies, and without it to the end.</summary>
public sealed record Trial
{
    /// <summary>The seeds of the random strategies.</summary>
    private static readonly ulong[] s_seeds = [1, 2, 3];

    /// <summary>The exhibit.</summary>
    public required Exhibit Exhibit { get; init; }

    /// <summary>What became of it.</summary>
    public required TrialVerdict Verdict { get; init; }

    /// <summary>The search of every schedule that matters, with the mistake.</summary>
    public required ExploreResult Search { get; init; }

    /// <summary>The same without the mistake.</summary>
    public required ExploreResult Fixed { get; init; }

    /// <summary>The simplest schedule that shows the mistake.</summary>
    public Finding? Simplest { get; init; }

    /// <summary>Executions until PCT found it: the middle one of three seeds; null when it did not.</summary>
    public long? Pct { get; init; }

    /// <summary>The same of a random walk.</summary>
    public long? Random { get; init; }

    /// <summary>Tries an exhibit.</summary>
    /// <param name="exhibit">The exhibit.</param>
    /// <param name="samples">Most executions of a random strategy, for each seed; 0 for none.</param>
    public static Trial Of(Exhibit exhibit, long samples)
    {
        World faulty = World(exhibit, isFixed: false);
        var options = new ExploreOptions { Memory = exhibit.Memory, Without = exhibit.Without };
        ExploreResult search = Explorer.Run(faulty, options);
        ExploreResult without = Explorer.Run(World(exhibit, isFixed: true), options with { Without = [] });
        Finding? finding = search.Findings.Count > 0 ? search.Findings[0] : null;
        bool isClean = without.Verdict == Explore.Verdict.Complete;
        return new Trial
        {
            Exhibit = exhibit,
            Search = search,
            Fixed = without,
            Simplest = finding is null ? null : Minimiser.Minimise(faulty, options, finding),
            Verdict = exhibit.IsControl
                ? search.Verdict == Explore.Verdict.Complete && isClean ? TrialVerdict.Clean : TrialVerdict.Missed
                : isClean && string.Equals(finding?.Violation.Guarantee, exhibit.Guarantee, StringComparison.Ordinal)
                    ? TrialVerdict.Caught
                    : TrialVerdict.Missed,
            Pct = samples == 0 || finding is null ? null : Sampled(faulty, options with { Strategy = Strategy.Pct, Executions = samples }),
            Random = samples == 0 || finding is null ? null : Sampled(faulty, options with { Strategy = Strategy.Random, Executions = samples }),
        };
    }

    /// <summary>The world of an exhibit.</summary>
    public static World World(Exhibit exhibit, bool isFixed)
    {
        Scenario scenario = exhibit.ToScenario();
        var set = new Dictionary<string, int>(StringComparer.Ordinal) { ["fixed"] = isFixed ? 1 : 0 };
        return scenario.World(new WorldRequest(scenario.Fill(set), exhibit.Variant ?? "b"));
    }

    /// <summary>Executions until the first violation: the middle one of the seeds, if that one found any.</summary>
    private static long? Sampled(World world, ExploreOptions options)
    {
        long[] found =
        [
            .. s_seeds.Select(seed => Explorer.Run(world, options with { Seed = seed }))
                .Select(result => result.Findings.Count > 0 ? result.Executions : long.MaxValue)
                .Order(),
        ];
        return found[found.Length / 2] == long.MaxValue ? null : found[found.Length / 2];
    }
}
