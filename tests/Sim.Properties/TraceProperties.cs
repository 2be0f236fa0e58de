using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Testing.LittleTraces;
using Sim.Utrace.Variants;

namespace Sim.Properties;

/// <summary>Random traced worlds, for FsCheck.</summary>
public static class TraceGenerator
{
    /// <summary>Worlds of one or two targets, up to three engines, and their owners.</summary>
    public static Arbitrary<Trace> Traces()
        => Arb.From(Gen.Choose(0, int.MaxValue).Select(RandomTraces.Make), RandomTraces.Shrink);
}

/// <summary>
/// Random engines on random programs, with random owners under random schedules: the corrected core keeps every law,
/// every sanitizer is silent, and in the end all are dead and nothing is left.
/// </summary>
[Properties(Arbitrary = [typeof(TraceGenerator)])]
public sealed class TraceProperties(ITestOutputHelper output)
{
    private const int FirstSeed = 20261123;
    private const int Seeds = 1000;
    private const int Schedules = 8;

    /// <summary>Every law is kept.</summary>
    [Property(MaxTest = 1000, Replay = "20261123,1")]
    public void The_fixed_core_keeps_every_law(Trace trace) => Check(trace, MemoryModel.Sc);

    /// <summary>So it is with store buffers.</summary>
    [Property(MaxTest = 700, Replay = "20261125,1")]
    public void The_fixed_core_keeps_every_law_under_tso(Trace trace) => Check(trace, MemoryModel.Tso);

    /// <summary>
    /// Worlds of many seeds, each made smaller and drawn when it fails. SIM_SEED and SIM_TESTS choose others, to hunt with.
    /// </summary>
    [Fact]
    public void Worlds_of_many_seeds_keep_every_law()
    {
        int seed = Asked.Seed(FirstSeed);
        int count = Asked.Tests(Seeds);
        output.WriteLine(FormattableString.Invariant($"SIM_SEED={seed}"));
        for (int i = 0; i < count; i++)
        {
            Trace trace = RandomTraces.Make(seed + i);
            MemoryModel memory = i % 2 == 0 ? MemoryModel.Sc : MemoryModel.Tso;
            if (Failure(trace, memory) is not null)
            {
                output.WriteLine(FormattableString.Invariant($"the world of SIM_SEED={seed + i} fails; the smallest like it:"));
                trace = Smallest(trace, memory);
                output.WriteLine(trace.ToString());
                Sim.Explore.Check.Holds(machine => TraceWorld.Build(machine, trace, UtraceVariant.Fixed), Options(memory));
            }
        }
    }

    /// <summary>The same worlds find what is wrong with the core that was proposed, so they can fail.</summary>
    [Fact]
    public void Variant_b_breaks_what_the_findings_say()
    {
        string[] broken = [.. Enumerable.Range(FirstSeed, Seeds).SelectMany(seed => Explorer.Run(
            machine => TraceWorld.Build(machine, RandomTraces.Make(seed), UtraceVariant.B), Options(MemoryModel.Sc)).Findings)
            .Select(finding => finding.Violation.Guarantee)];

        output.WriteLine(string.Join(' ', broken.CountBy(each => each, StringComparer.Ordinal)));
        Assert.Contains("G31", broken, StringComparer.Ordinal);
        Assert.Contains("STUCK", broken, StringComparer.Ordinal);
        Assert.Contains("KCSAN", broken, StringComparer.Ordinal);
    }

    private static Trace Smallest(Trace trace, MemoryModel memory)
    {
        while (RandomTraces.Shrink(trace).FirstOrDefault(smaller => Failure(smaller, memory) is not null) is { } smaller)
        {
            trace = smaller;
        }

        return trace;
    }

    private static ExploreOptions Options(MemoryModel memory)
        => new() { Strategy = Strategy.Random, Memory = memory, Executions = Schedules, MaxSteps = 50_000 };

    private static void Check(Trace trace, MemoryModel memory)
    {
        string? failure = Failure(trace, memory);
        Assert.True(failure is null, failure);
    }

    private static string? Failure(Trace trace, MemoryModel memory)
    {
        ExploreResult result = Explorer.Run(
            machine => TraceWorld.Build(machine, trace, UtraceVariant.Fixed), Options(memory));
        return result.Findings.Count == 0
            ? null
            : $"{memory}: {result.Findings[0].Violation.Guarantee}: {result.Findings[0].Violation.Message}\n{trace}";
    }
}
