using Sim.Machine.Ops;

namespace Sim.Explore.Litmus.Programs;

/// <summary>What a register machine can compute without touching memory.</summary>
[Immutable]
public abstract record Expression
{
    /// <summary>The number zero.</summary>
    public static Expression Zero { get; } = new Constant(0);

    /// <summary>The value, given the registers of the thread.</summary>
    public abstract long Evaluate(ReadOnlySpan<long> registers);

    /// <summary>The union of what is known about each register that the expression mentions, even if it cancels out.</summary>
    /// <param name="known">A bit set per register.</param>
    public abstract ulong Gather(ReadOnlySpan<ulong> known);
}

/// <summary>A number or an address.</summary>
public sealed record Constant(long Value) : Expression
{
    /// <inheritdoc/>
    public override long Evaluate(ReadOnlySpan<long> registers) => Value;

    /// <inheritdoc/>
    public override ulong Gather(ReadOnlySpan<ulong> known) => 0;
}

/// <summary>A register.</summary>
public sealed record Register(int Number) : Expression
{
    /// <inheritdoc/>
    public override long Evaluate(ReadOnlySpan<long> registers) => registers[Number];

    /// <inheritdoc/>
    public override ulong Gather(ReadOnlySpan<ulong> known) => known[Number];
}

/// <summary>An operator on two values; those of C, comparisons and logic answering 0 or 1.</summary>
public sealed record Binary(string Operator, Expression Left, Expression Right) : Expression
{
    /// <summary>How many levels of operators there are.</summary>
    public const int LevelCount = 10;

    /// <summary>Whether an operator binds so tightly; 0 is the loosest level.</summary>
    public static bool IsAt(int level, string sign) => level switch
    {
        0 => sign is "||",
        1 => sign is "&&",
        2 => sign is "|",
        3 => sign is "^",
        4 => sign is "&",
        5 => sign is "==" or "!=",
        6 => sign is "<" or "<=" or ">" or ">=",
        7 => sign is "<<" or ">>",
        8 => sign is "+" or "-",
        _ => sign is "*" or "/" or "%",
    };

    /// <inheritdoc/>
    public override long Evaluate(ReadOnlySpan<long> registers)
    {
        long left = Left.Evaluate(registers);
        long right = Right.Evaluate(registers);
        return Operator switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => right == 0 ? 0 : left / right,
            "%" => right == 0 ? 0 : left % right,
            "&" => left & right,
            "|" => left | right,
            "^" => left ^ right,
            "&~" => left & ~right,
            "<<" => left << (int)right,
            ">>" => left >> (int)right,
            "==" => left == right ? 1 : 0,
            "!=" => left != right ? 1 : 0,
            "<" => left < right ? 1 : 0,
            "<=" => left <= right ? 1 : 0,
            ">" => left > right ? 1 : 0,
            ">=" => left >= right ? 1 : 0,
            "&&" => left != 0 && right != 0 ? 1 : 0,
            "||" => left != 0 || right != 0 ? 1 : 0,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <inheritdoc/>
    public override ulong Gather(ReadOnlySpan<ulong> known) => Left.Gather(known) | Right.Gather(known);
}
