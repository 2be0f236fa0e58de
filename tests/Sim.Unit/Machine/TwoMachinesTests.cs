using System.Threading;
using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Scenarios.Yardsticks;

namespace Sim.Unit.Machine;

/// <summary>Nothing is shared between machines, so they run side by side.</summary>
public sealed class TwoMachinesTests
{
    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void Machines_on_different_threads_do_not_disturb_each_other(MemoryModel memory)
    {
        (long, long, long) alone = Explore(memory);
        var results = new (long, long, long)[4];
        Thread[] threads = [.. Enumerable.Range(0, results.Length)
            .Select(i => new Thread(() => results[i] = Explore(memory)))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.All(results, result => Assert.Equal(alone, result));
    }

    private static (long Executions, long Blocked, long Transitions) Explore(MemoryModel memory)
    {
        ExploreResult result = Explorer.Run(
            machine => AttachProgram.Build(machine, 4), new ExploreOptions { Memory = memory });
        Assert.Equal(Verdict.Complete, result.Verdict);
        return (result.Executions, result.Blocked, result.Transitions);
    }
}
