using Sim.Explore;
using Sim.Kernel.Abi;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Scenarios.Life;

namespace Sim.Unit.Kernel;

/// <summary>A core dump under every schedule: the other threads die, nothing of it is left, nothing is used after it.</summary>
public sealed class CoredumpTests
{
    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void Every_thread_dies_and_nothing_is_used_afterwards(MemoryModel memory)
    {
        ExploreResult result = Explorer.Run(Make, new ExploreOptions { Memory = memory });

        Assert.Equal(Verdict.Complete, result.Verdict);
    }

    private static Action Make(SimMachine machine)
    {
        var world = new KernelWorld(machine, init: false);
        TaskStruct dumper = world.Process("dumper", RunOn);
        world.Thread("sibling", dumper, RunOn);
        world.Kernel.Send.SendLocking(
            machine.BootCpu, Signals.SIGABRT, default, SignalSource.Kernel, dumper, group: false).GetAwaiter().GetResult();
        return world.AtEnd;
    }

    private static async Op<int> RunOn(User user)
    {
        while (true)
        {
            await user.RunUntilInterrupt();
        }
    }
}
