using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>Reads expressions of C; what they read from memory becomes instructions before them.</summary>
internal sealed class CExpressionParser
{
    private static readonly string[] s_types =
    [
        "int", "long", "unsigned", "signed", "char", "short", "void", "volatile", "const", "struct", "bool", "_Bool", "register",
        "atomic_t", "atomic_long_t", "atomic64_t", "spinlock_t", "intptr_t", "uintptr_t", "uint64_t", "int64_t", "uint32_t", "int32_t", "u32", "u64",
    ];

    private readonly Scanner _scanner;
    private readonly TestBuilder _test;
    private readonly LitmusThread _thread;
    private readonly HashSet<string> _parameters = new(StringComparer.Ordinal);

    internal CExpressionParser(Scanner scanner, TestBuilder test, LitmusThread thread)
    {
        _scanner = scanner;
        _test = test;
        _thread = thread;
        Calls = new CCalls(scanner, thread, this);
    }

    /// <summary>The primitives.</summary>
    internal CCalls Calls { get; }

    /// <summary>Notes that a name means the address of a location.</summary>
    internal void AddParameter(string name)
    {
        _parameters.Add(name);
        _ = _test.Symbols.Number(name);
    }

    /// <summary>Whether a name means the address of a location.</summary>
    internal bool IsParameter(string name) => _parameters.Contains(name);

    /// <summary>Whether a type comes.</summary>
    internal bool IsTypeNext() => s_types.Contains(_scanner.Peek(), StringComparer.Ordinal);

    /// <summary>Skips a type without its stars.</summary>
    internal void SkipType()
    {
        while (IsTypeNext())
        {
            if (_scanner.Next() is "struct")
            {
                _ = _scanner.Name("the name of a structure");
            }
        }
    }

    /// <summary>Reads an expression.</summary>
    internal Expression Read()
    {
        Expression condition = ReadLevel(0);
        return _scanner.Peek() is "?" ? throw _scanner.Unsupported("'?:'") : condition;
    }

    /// <summary>Reads an expression without a binary operator outside of brackets.</summary>
    internal Expression ReadUnary()
    {
        if (_scanner.Take("("))
        {
            return ReadBrackets();
        }

        if (_scanner.Take("*"))
        {
            return Loaded(ReadUnary(), AccessOrder.Plain);
        }

        if (_scanner.Take("&"))
        {
            _ = _scanner.Take("*");
            return ReadUnary();
        }

        if (_scanner.Take("!"))
        {
            return new Binary("==", ReadUnary(), Expression.Zero);
        }

        if (_scanner.Take("~"))
        {
            return new Binary("^", ReadUnary(), new Constant(-1));
        }

        if (_scanner.TakeNumber(out long number))
        {
            return new Constant(number);
        }

        return _scanner.Take("-") ? new Binary("-", Expression.Zero, ReadUnary()) : ReadName();
    }

    /// <summary>Emits a load; answers the register that holds what it read.</summary>
    internal Register Loaded(Expression address, AccessOrder order)
    {
        int register = _thread.Temporary();
        _thread.Add(new Load(register, address, order));
        return new Register(register);
    }

    private Expression ReadBrackets()
    {
        if (!IsTypeNext())
        {
            Expression inner = Read();
            _scanner.Expect(")");
            return inner;
        }

        SkipType();
        while (_scanner.Take("*"))
        {
            // A cast changes nothing here.
        }

        _scanner.Expect(")");
        return ReadUnary();
    }

    private Expression ReadLevel(int level)
    {
        if (level == Binary.LevelCount)
        {
            return ReadUnary();
        }

        Expression left = ReadLevel(level + 1);
        while (Binary.IsAt(level, _scanner.Peek()))
        {
            left = new Binary(_scanner.Next(), left, ReadLevel(level + 1));
        }

        return left;
    }

    private Expression ReadName()
    {
        int place = _scanner.Position;
        string name = _scanner.Name("an expression");
        switch (_scanner.Peek())
        {
            case "(":
                return Calls.Read(name, place);
            case "[":
                throw _scanner.Unsupported("an array");
            case "->":
                throw _scanner.Unsupported("a structure");
            default:
                return _parameters.Contains(name)
                    ? new Constant(Symbols.AddressOf(_test.Symbols.Number(name)))
                    : new Register(_thread.Register(name));
        }
    }
}
