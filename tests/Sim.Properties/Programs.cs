using Sim.Testing.LittlePrograms;

namespace Sim.Properties;

/// <summary>Little programs with a name or a history. The variables are numbered: 0 is x, 1 is y.</summary>
public static class Programs
{
    private const int X = 0;
    private const int Y = 1;

    /// <summary>Two threads write one variable and read the other.</summary>
    public static LittleProgram StoreBuffering { get; } = Of([Put(X), Get(Y)], [Put(Y), Get(X)]);

    /// <summary>Random programs that failed, made as small as possible; each stands for one mistake.</summary>
    public static TheoryData<LittleProgram> OnceWrong { get; } =
    [
        // A race of an earlier execution has to be looked at again: what can go before it has changed.
        Of([Get(X)], [Put(X)], [Get(Y), new(Verb.Unless, 0, 0, 2), Get(Y), Get(X)], [Put(Y)]),
        Of(
            [Put(X)], [Get(X)], [Put(Y)],
            [new(Verb.CompareExchange, Y, 0, 2), Get(Y), new(Verb.Unless, 0, 2, 1), Get(X)]),
        Of([Put(X)], [Get(X)], [Put(Y)], [new(Verb.CompareExchange, Y, 0, 2), new(Verb.WaitFor, Y, 2), Get(X)]),

        // A choice of the world inside a reversal: the other alternative needs the reversal too.
        Of([Get(X)], [new(Verb.Choose), Put(X)], [Get(X)]),
        Of([Put(X)], [Put(X)], [Put(Y), new(Verb.Choose)]),

        // A choice of the world before a race: the alternative without the race is not begun again.
        Of([Put(X)], [new(Verb.Choose), new(Verb.Unless, 0, 1, 1), Get(X)]),

        // A load of what the same processor stored, against another's store.
        Of([Put(X), Get(X)], [Put(X)]),
        Of([Put(X), Get(X)], [new(Verb.Add, X, 1)]),
        Of([Put(X), Get(X)], [new(Verb.CompareExchange, X, 0, 2)], [new(Verb.CompareExchange, X, 1, 1)]),
        Of([new(Verb.Add, X, 1)], [Put(X, 0), Get(X)], [Put(X), Get(X)]),
        Of([Put(X)], [Put(X), Get(Y), Get(X)], [Put(Y)]),
        Of([Put(Y), Get(Y), Get(X)], [Put(Y)], [new(Verb.CompareExchange, X, 0, 1), Get(Y)]),

        // A fence that had nothing to wait for still orders.
        Of([Put(Y)], [Put(X)], [Put(Y, 0), Get(X), new(Verb.Fence), Get(Y)]),

        // A lock whose taker is blocked for ever, behind a store of its own that nobody has seen.
        Of([Put(X), new(Verb.Lock, Y)], [new(Verb.Lock, Y), Get(X)]),

        // A sum in a store buffer, and a load that has to wait for it.
        Of([new(Verb.AddUnlocked, X), Get(X)], [Get(X)]),

        // A blocked operation is not blocked by those who only read.
        Of([Get(X)], [new(Verb.Take, X)], [Get(X)]),

        // A read between a write and a blocking operation: the race is with the read.
        Of([Put(X), Put(Y)], [new(Verb.Take, X)], [Put(X)], [Put(Y), Get(X)]),

        // Two starts that nothing orders: the numbers of the processes must not depend on which is first.
        Of(
            [Put(X, 2), new(Verb.Start, 0, 2)], [Get(Y), new(Verb.Start, 0, 3)],
            [new(Verb.Add, Y, 1), Get(Y)], [Get(X), Get(Y)]),

        // A guarded word, used in the body of a step, whose owner is freed meanwhile.
        Of([Get(X), new(Verb.GetGuarded, Y)], [new(Verb.Free, Y)]),
        Of([new(Verb.Free, Y)], [Get(Y), new(Verb.Free, X), new(Verb.SetGuarded, Y, 1)]),

        // Freed memory that a poller reads.
        Of([new(Verb.Snapshot, X)], [new(Verb.Free, Y)]),

        // A poller that no reversal could wake.
        Of([Put(X), new(Verb.Watch, Y, 0, 1)], [Put(Y)], [Get(Y)]),
        Of([new(Verb.Watch, X, 0, 1)], [new(Verb.Lock, Y)], [Put(X), new(Verb.Watch, X, 1, 1)], [Get(X)]),
    ];

    private static LittleProgram Of(params IReadOnlyList<Instruction>[] threads) => new(2, threads);

    private static Instruction Get(int variable) => new(Verb.Load, variable);

    private static Instruction Put(int variable, int value = 1) => new(Verb.Store, variable, value);
}
