using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Sim.Explore.FsCheck;
using Check = Sim.Explore.Check;

namespace Sim.Examples;

/// <summary>Random plans, and every schedule of each.</summary>
public sealed class RandomPlanTests
{
    [Property(MaxTest = 40)]
    public Property Nothing_is_lost() => Prop.ForAll(Plans.Of(Gen.Choose(1, 9), threads: 3, length: 2), plan => Check.Holds(plan.World(
        machine => new Account(machine),
        (cpu, account, amount) => account.Pay(cpu, amount),
        account => Assert.Equal(plan.Threads.Sum(thread => thread.Sum()), account.Balance))));

    /// <summary>Who forgets the lock loses a payment: two threads with one operation each are left of the plan.</summary>
    [Fact]
    public void The_smallest_plan_that_fails_is_told()
    {
        Property property = Prop.ForAll(Plans.Of(Gen.Choose(1, 9), threads: 4, length: 3), plan => Check.Holds(plan.World(
            machine => new Account(machine, locks: false),
            (cpu, account, amount) => account.Pay(cpu, amount),
            account => Assert.Equal(plan.Threads.Sum(thread => thread.Sum()), account.Balance))));

        string log = Assert.ThrowsAny<Exception>(() => global::FsCheck.Check.One(Config.QuickThrowOnFailure.WithReplay(1, 1), property)).ToString();

        Assert.Matches("Shrunk:\\s+[1-9] \\| [1-9]\\s", log);
        Assert.Contains("replay: s1:test:", log, StringComparison.Ordinal);
    }
}
