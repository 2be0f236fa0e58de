using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>An operation of the atomic_t family, or xchg or cmpxchg, taken apart by its name.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Order">How it is marked.</param>
/// <param name="Answer">What it answers.</param>
/// <param name="HasAnswer">Whether it answers anything.</param>
/// <param name="Shape">Which arguments it takes.</param>
/// <param name="Sign">What its operand is multiplied with; 0 complements it.</param>
internal sealed record AtomicCall(
    RmwOperation Operation, AccessOrder Order, RmwAnswer Answer, bool HasAnswer, AtomicShape Shape, int Sign)
{
    /// <summary>How many arguments it takes.</summary>
    internal int Arguments => Shape switch
    {
        AtomicShape.Pointer => 1,
        AtomicShape.PointerValue or AtomicShape.ValuePointer => 2,
        AtomicShape.PointerOldNew or AtomicShape.PointerValueUnless => 3,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The operation that a name means, or null.</summary>
    internal static AtomicCall? Of(string name)
    {
        string rest = WithoutOrder(name, out AccessOrder order);
        bool isAtomic = false;
        foreach (string prefix in (string[])["atomic_long_", "atomic64_", "atomic_"])
        {
            if (!isAtomic && rest.StartsWith(prefix, StringComparison.Ordinal))
            {
                rest = rest[prefix.Length..];
                isAtomic = true;
            }
        }

        return rest switch
        {
            "xchg" => new(RmwOperation.Exchange, order, RmwAnswer.Old, true, AtomicShape.PointerValue, 1),
            "cmpxchg" => new(RmwOperation.CompareExchange, order, RmwAnswer.Old, true, AtomicShape.PointerOldNew, 1),
            _ when !isAtomic => null,
            "add_unless" => new(RmwOperation.AddUnless, order, RmwAnswer.Succeeded, true, AtomicShape.PointerValueUnless, 1),
            "fetch_add_unless" => new(RmwOperation.AddUnless, order, RmwAnswer.Old, true, AtomicShape.PointerValueUnless, 1),
            "inc_not_zero" => new(RmwOperation.AddUnless, order, RmwAnswer.Succeeded, true, AtomicShape.Pointer, 1),
            "add_negative" => new(RmwOperation.Add, order, RmwAnswer.IsNegative, true, AtomicShape.ValuePointer, 1),
            _ => Arithmetic(rest, order),
        };
    }

    /// <summary>The instruction for a call.</summary>
    internal Rmw Make(int register, List<Expression> arguments)
    {
        (Expression address, Expression operand, Expression expected) = Shape switch
        {
            AtomicShape.Pointer => (arguments[0], new Constant(1), Expression.Zero),
            AtomicShape.PointerValue => (arguments[0], arguments[1], Expression.Zero),
            AtomicShape.ValuePointer => (arguments[1], arguments[0], Expression.Zero),
            AtomicShape.PointerOldNew => (arguments[0], arguments[2], arguments[1]),
            AtomicShape.PointerValueUnless => (arguments[0], arguments[1], arguments[2]),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        Expression signed = Sign switch
        {
            1 => operand,
            0 => new Binary("^", operand, new Constant(-1)),
            _ => new Binary("-", Expression.Zero, operand),
        };
        return new Rmw(register, address, Operation, signed, expected, HasAnswer ? Order : AccessOrder.NoReturn, Answer);
    }

    private static string WithoutOrder(string name, out AccessOrder order)
    {
        (order, string suffix) = name switch
        {
            _ when name.EndsWith("_relaxed", StringComparison.Ordinal) => (AccessOrder.Once, "_relaxed"),
            _ when name.EndsWith("_acquire", StringComparison.Ordinal) => (AccessOrder.Acquire, "_acquire"),
            _ when name.EndsWith("_release", StringComparison.Ordinal) => (AccessOrder.Release, "_release"),
            _ => (AccessOrder.Full, ""),
        };
        return name[..^suffix.Length];
    }

    /// <summary>add, fetch_add, add_return, sub_and_test, inc and so on.</summary>
    private static AtomicCall? Arithmetic(string name, AccessOrder order)
    {
        bool isFetch = name.StartsWith("fetch_", StringComparison.Ordinal);
        bool isReturn = name.EndsWith("_return", StringComparison.Ordinal);
        bool isTest = name.EndsWith("_and_test", StringComparison.Ordinal);
        string core = isFetch ? name["fetch_".Length..]
            : isReturn ? name[..^"_return".Length]
            : isTest ? name[..^"_and_test".Length]
            : name;
        (RmwOperation Operation, int Sign, AtomicShape Shape)? known = core switch
        {
            "add" => (RmwOperation.Add, 1, AtomicShape.ValuePointer),
            "sub" => (RmwOperation.Add, -1, AtomicShape.ValuePointer),
            "inc" => (RmwOperation.Add, 1, AtomicShape.Pointer),
            "dec" => (RmwOperation.Add, -1, AtomicShape.Pointer),
            "and" => (RmwOperation.And, 1, AtomicShape.ValuePointer),
            "andnot" => (RmwOperation.And, 0, AtomicShape.ValuePointer),
            "or" => (RmwOperation.Or, 1, AtomicShape.ValuePointer),
            "xor" => (RmwOperation.Xor, 1, AtomicShape.ValuePointer),
            _ => null,
        };
        RmwAnswer answer = isReturn ? RmwAnswer.New : isTest ? RmwAnswer.IsZero : RmwAnswer.Old;
        return known is { } found
            ? new(found.Operation, order, answer, isFetch || isReturn || isTest, found.Shape, found.Sign)
            : null;
    }
}

/// <summary>Which arguments an atomic operation takes, in order.</summary>
internal enum AtomicShape
{
    /// <summary>Only the word.</summary>
    Pointer,

    /// <summary>The word and a value.</summary>
    PointerValue,

    /// <summary>A value and the word.</summary>
    ValuePointer,

    /// <summary>The word, what is expected, and a value.</summary>
    PointerOldNew,

    /// <summary>The word, a value, and when not.</summary>
    PointerValueUnless,
}
