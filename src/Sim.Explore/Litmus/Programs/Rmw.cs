namespace Sim.Explore.Litmus.Programs;

/// <summary>What an atomic operation does to the word.</summary>
public enum RmwOperation
{
    /// <summary>Stores the operand.</summary>
    Exchange,

    /// <summary>Stores the operand if the word holds what is expected.</summary>
    CompareExchange,

    /// <summary>Adds.</summary>
    Add,

    /// <summary>Adds, unless the word holds what is "expected".</summary>
    AddUnless,

    /// <summary>Bitwise and.</summary>
    And,

    /// <summary>Bitwise or.</summary>
    Or,

    /// <summary>Bitwise exclusive or.</summary>
    Xor,

    /// <summary>Takes a spinlock if it is free.</summary>
    TryLock,
}

/// <summary>What an atomic operation answers.</summary>
public enum RmwAnswer
{
    /// <summary>What the word held.</summary>
    Old,

    /// <summary>What it holds now.</summary>
    New,

    /// <summary>Whether it is zero now.</summary>
    IsZero,

    /// <summary>Whether it is negative now.</summary>
    IsNegative,

    /// <summary>Whether anything was stored.</summary>
    Succeeded,
}

/// <summary>Reads and writes a word in one step.</summary>
/// <param name="Register">Where the answer goes, or -1.</param>
/// <param name="Address">The word.</param>
/// <param name="Operation">What is done.</param>
/// <param name="Operand">With what.</param>
/// <param name="Expected">What a conditional operation compares with.</param>
/// <param name="Order">How it is marked.</param>
/// <param name="Answer">What it answers.</param>
public sealed record Rmw(
    int Register,
    Expression Address,
    RmwOperation Operation,
    Expression Operand,
    Expression Expected,
    AccessOrder Order,
    RmwAnswer Answer = RmwAnswer.Old) : Instruction
{
    /// <summary>Whether what is stored depends on what was read.</summary>
    public bool IsDependent => Operation is not (RmwOperation.Exchange or RmwOperation.CompareExchange or RmwOperation.TryLock);

    /// <summary>Whether the operation stores anything.</summary>
    public bool Writes(long old, long expected) => Operation switch
    {
        RmwOperation.CompareExchange => old == expected,
        RmwOperation.AddUnless => old != expected,
        RmwOperation.TryLock => old == 0,
        RmwOperation.Exchange or RmwOperation.Add or RmwOperation.And or RmwOperation.Or or RmwOperation.Xor => true,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>What it stores.</summary>
    public long Stored(long old, long operand) => Operation switch
    {
        RmwOperation.Exchange or RmwOperation.CompareExchange => operand,
        RmwOperation.Add or RmwOperation.AddUnless => old + operand,
        RmwOperation.And => old & operand,
        RmwOperation.Or => old | operand,
        RmwOperation.Xor => old ^ operand,
        RmwOperation.TryLock => 1,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>What it answers, given what the word held and what it holds now.</summary>
    public long AnswerOf(long old, long now, bool wrote) => Answer switch
    {
        RmwAnswer.Old => old,
        RmwAnswer.New => now,
        RmwAnswer.IsZero => now == 0 ? 1 : 0,
        RmwAnswer.IsNegative => now < 0 ? 1 : 0,
        RmwAnswer.Succeeded => wrote ? 1 : 0,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
