using FsCheck;
using FsCheck.Fluent;

namespace Sim.Explore.FsCheck;

/// <summary>Random plans for property tests; FsCheck makes those smaller that fail.</summary>
/// <example>
/// <code>
/// [Property(MaxTest = 50)]
/// public Property Nothing_is_lost() => Prop.ForAll(Plans.Of(Gen.Choose(1, 9), threads: 3, length: 2), plan => Check.Holds(plan.World(
///     machine => new Account(machine),
///     (cpu, account, amount) => account.Pay(cpu, amount),
///     account => Assert.Equal(plan.Threads.Sum(thread => thread.Sum()), account.Balance))));
/// </code>
/// </example>
public static class Plans
{
    /// <summary>Plans of one thread or more, each with one operation or more.</summary>
    /// <param name="operation">Makes an operation.</param>
    /// <param name="threads">Most threads.</param>
    /// <param name="length">Most operations of a thread.</param>
    public static Arbitrary<Plan<T>> Of<T>(Gen<T> operation, int threads, int length)
        where T : struct
        => Arb.From(
            from plan in Lists(Lists(operation, length), threads)
            select new Plan<T>(plan),
            plan => plan.Smaller());

    private static Gen<List<T>> Lists<T>(Gen<T> item, int most)
        => from length in Gen.Choose(1, most)
           from list in item.ListOf(length)
           select list.ToList();
}
