using Sim.Explore;
using Sim.Kernel.Abi;
using Sim.Kernel.Signals;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Scenarios.Life;

namespace Sim.Unit.Kernel;

/// <summary>What is made for a signal is given back: K4 sees an entry of a queue that is not, and a second return is a double free.</summary>
public sealed class NothingIsLeftTests
{
    [Theory]
    [InlineData(0, "K4")]
    [InlineData(1, "")]
    [InlineData(2, "KASAN")]
    public void An_entry_is_given_back_once(int times, string broken)
    {
        ExploreResult result = Explorer.Run(machine => Make(machine, times), new ExploreOptions());

        Assert.Equal(broken, string.Join(' ', result.Findings.Select(finding => finding.Violation.Guarantee)));
    }

    private static Action Make(SimMachine machine, int times)
    {
        var world = new KernelWorld(machine, init: false);
        world.Process("process", user => Queue(user, times));
        return world.AtEnd;
    }

    private static Op<int> Queue(User user, int times)
    {
        var entry = new SigQueue(user.Cpu.Machine, new SigInfo(Signals.SIGUSR1, SiCode.User), isAccounted: false);
        for (int i = 0; i < times; i++)
        {
            user.Cpu.Discard(entry);
        }

        return Op<int>.Of(0);
    }
}
