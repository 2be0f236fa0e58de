using Sim.Explore;
using Sim.Machine.Memory;

namespace Sim.Examples;

/// <summary>Readers see whole values, whatever the schedule, and nobody is left waiting.</summary>
public sealed class ReaderWriterLockTests
{
    [Theory]
    [InlineData(MemoryModel.Sc, Strategy.Dpor)]
    [InlineData(MemoryModel.Tso, Strategy.Dpor)]
    [InlineData(MemoryModel.Sc, Strategy.States)]
    [InlineData(MemoryModel.Tso, Strategy.States)]
    public void Readers_see_whole_values(MemoryModel memory, Strategy strategy)
    {
        ExploreResult result = Check.Holds(
            World(readers: 2, writers: 1, backsOff: true), new ExploreOptions { Memory = memory, Strategy = strategy });

        Assert.True(result.Complete);
    }

    [Fact]
    public void A_reader_that_does_not_back_off_sees_half_a_value()
        => Assert.StartsWith(
            "TORN: reader 0 reads what a writer is at",
            Assert.Throws<ViolatedException>(() => Check.Holds(World(readers: 1, writers: 1, backsOff: false))).Message,
            StringComparison.Ordinal);

    /// <summary>The world of a property test: how many there are of each.</summary>
    private static World World(int readers, int writers, bool backsOff) => machine =>
    {
        var guard = new ReaderWriterLock(machine, backsOff);
        for (int i = 0; i < readers; i++)
        {
            machine.Spawn($"reader {i}", guard.Read);
        }

        for (int i = 0; i < writers; i++)
        {
            machine.Spawn($"writer {i}", guard.Write);
        }

        return () => Assert.Equal(writers * 2, guard.Data.Peek);
    };
}
