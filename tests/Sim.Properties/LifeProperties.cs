using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Testing.LittleLives;

namespace Sim.Properties;

/// <summary>Random lives, for FsCheck.</summary>
public static class LifeGenerator
{
    /// <summary>Lives of a handful of actors.</summary>
    public static Arbitrary<Life> Lives()
        => Arb.From(Gen.Choose(0, int.MaxValue).Select(RandomLives.Make), RandomLives.Shrink);
}

/// <summary>
/// Random programs of processes under random schedules: every zombie is reaped once by the right task, everyone
/// who is killed dies, and at the end nothing is left; with every sanitizer on.
/// </summary>
[Properties(Arbitrary = [typeof(LifeGenerator)])]
public sealed class LifeProperties(ITestOutputHelper output)
{
    private const int Fresh = 500;

    /// <summary>Every life ends well.</summary>
    [Property(MaxTest = 1500, Replay = "20261101,1")]
    public void Every_life_ends_and_leaves_nothing(Life life) => Check(life, MemoryModel.Sc);

    /// <summary>So it does with store buffers.</summary>
    [Property(MaxTest = 1000, Replay = "20261102,1")]
    public void Every_life_ends_and_leaves_nothing_under_tso(Life life) => Check(life, MemoryModel.Tso);

    /// <summary>No queued signal is lost, made up, or overtaken.</summary>
    [Property(MaxTest = 120, Replay = "20261103,1")]
    public void Every_queued_signal_arrives_once_and_in_order(int seed)
    {
        var random = new Random(seed);
        var traffic = new Traffic(
            random.Next(1, 4), random.Next(1, 5), random.Next(1, 4), random.Next(1, 3), random.Next(2) == 0);
        ExploreResult result = Explorer.Run(
            machine => QueueWorld.Build(machine, traffic),
            new ExploreOptions
            {
                Strategy = Strategy.Random,
                Memory = seed % 2 == 0 ? MemoryModel.Sc : MemoryModel.Tso,
                Executions = 10,
                MaxSteps = 100_000,
            });

        Assert.True(result.Findings.Count == 0, result.Findings.Count == 0 ? "" : $"{traffic}: {result.Findings[0].Violation.Message}");
    }

    /// <summary>Lives that nobody has tried: the seed is new each time, and printed. SIM_SEED repeats one.</summary>
    [Fact]
    public void Lives_of_a_fresh_seed_end_and_leave_nothing()
    {
        int seed = Asked.Seed(Random.Shared.Next(int.MaxValue - Fresh));
        int count = Asked.Tests(Fresh);
        output.WriteLine(FormattableString.Invariant($"SIM_SEED={seed}"));
        for (int i = 0; i < count; i++)
        {
            Life life = RandomLives.Make(seed + i);
            string? failure = Failure(life, i % 2 == 0 ? MemoryModel.Sc : MemoryModel.Tso);
            Assert.True(failure is null, FormattableString.Invariant($"SIM_SEED={seed + i}: {failure}"));
        }
    }

    private static void Check(Life life, MemoryModel memory)
    {
        string? failure = Failure(life, memory);
        Assert.True(failure is null, failure);
    }

    private static string? Failure(Life life, MemoryModel memory)
    {
        ExploreResult result = Explorer.Run(
            machine => LifeWorld.Build(machine, life),
            new ExploreOptions { Strategy = Strategy.Random, Memory = memory, Executions = 8, MaxSteps = 50_000 });

        return result.Findings.Count == 0
            ? null
            : $"{life}, {memory}: {result.Findings[0].Violation.Guarantee}: {result.Findings[0].Violation.Message}";
    }
}
