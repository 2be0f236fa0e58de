using System.Collections.Immutable;
using System.Globalization;

namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>Reads values: C's expressions, with C's precedence.</summary>
internal sealed class ExpressionParser(TokenReader reader, Names names)
{
    /// <summary>An expression with assignment, without the comma operator.</summary>
    internal Expression Expression()
    {
        Expression left = Infix(0);
        if (reader.Current.Kind == TokenKind.Symbol && reader.Current.Text is "=" or "+=" or "-=" or "|=" or "&=")
        {
            string operation = reader.Next().Text;
            return new Assignment(left, operation, Expression());
        }

        return left;
    }

    /// <summary>A value that must be known before the run: options, flags, a signal.</summary>
    internal Number Constant(string what)
    {
        Token start = reader.Current;
        return Infix(0) as Number ?? throw reader.Error($"{what} must be known constants", start);
    }

    /// <summary>A value that may be known only during the run.</summary>
    internal Expression Value() => Infix(0);

    internal Expression Initializer()
    {
        if (!reader.Take("{"))
        {
            return Expression();
        }

        var items = ImmutableArray.CreateBuilder<Expression>();
        while (!reader.Take("}"))
        {
            items.Add(Initializer());
            if (!reader.Take(",") && !reader.Sees("}"))
            {
                throw reader.Error("'}' expected");
            }
        }

        return new InitializerList(items.ToImmutable());
    }

    /// <summary>Whom a statement means: <c>self</c>, a task, a number or <c>-A</c>.</summary>
    internal Target Target()
    {
        Token start = reader.Current;
        if (reader.Take("self"))
        {
            return new Caller();
        }

        Expression value = Value();
        return value switch
        {
            Variable task => Named(task.Name, start),
            Number pid => new BarePid(pid.Value),
            Prefix { Operator: "-", Operand: Variable task } => new GroupOf(Named(task.Name, start).Name),
            Call { Function: "pid_of", Arguments: [Literal task] } => new NamedTask(task.Value),
            Call { Function: "gettid", Arguments: [] } => new Caller(),
            _ => new ComputedPid(value),
        };
    }

    /// <summary>The type in front of a name or in a cast, as text; null if no type is next.</summary>
    internal string? Type()
    {
        var words = new List<string>();
        while (IsTypeWord(reader.Current))
        {
            words.Add(reader.Next().Text);
            if (words[^1] is "struct" && reader.Current.Kind == TokenKind.Word)
            {
                words.Add(reader.Word());
            }

            if (words[^1] is "struct" && reader.Take("{"))
            {
                while (!reader.Take("}"))
                {
                    words.Add(reader.AtEnd ? throw reader.Error("'}' expected") : reader.Next().Text);
                }
            }
        }

        while (words.Count > 0 && reader.Take("*"))
        {
            words.Add("*");
        }

        return words.Count == 0 ? null : string.Join(' ', words);
    }

    private static bool IsTypeWord(Token token) => token.Kind == TokenKind.Word
        && token.Text is "int" or "long" or "unsigned" or "char" or "short" or "static" or "const" or "struct"
            or "pid_t" or "volatile" or "siginfo_t" or "sigset_t" or "size_t" or "void";

    private NamedTask Named(string name, Token at)
    {
        names.UseTask(name, reader, at);
        return new NamedTask(name);
    }

    private Expression Infix(int level)
    {
        Expression left = Unary();
        for (int own = Level(reader.Current); own > level; own = Level(reader.Current))
        {
            string operation = reader.Next().Text;
            left = Fold(new Infix(left, operation, Infix(own)));
        }

        return left;
    }

    private static int Level(Token token) => token.Kind != TokenKind.Symbol ? 0 : token.Text switch
    {
        "||" => 1,
        "&&" => 2,
        "|" => 3,
        "^" => 4,
        "&" => 5,
        "==" or "!=" => 6,
        "<" or ">" or "<=" or ">=" => 7,
        "<<" or ">>" => 8,
        "+" or "-" => 9,
        "*" or "/" or "%" => 10,
        _ => 0,
    };

    private static Expression Fold(Infix infix)
    {
        if (infix is not { Left: Number left, Right: Number right })
        {
            return infix;
        }

        long? value = infix.Operator switch
        {
            "|" => left.Value | right.Value,
            "&" => left.Value & right.Value,
            "+" => left.Value + right.Value,
            "-" => left.Value - right.Value,
            "*" => left.Value * right.Value,
            "<<" when right.Value is >= 0 and < 64 => left.Value << (int)right.Value,
            _ => null,
        };
        return value is null ? infix : new Number(value.Value, $"{left.Text} {infix.Operator} {right.Text}");
    }

    private Expression Unary()
    {
        if (reader.Take("sizeof"))
        {
            return new Prefix("sizeof", Unary());
        }

        if (reader.Current.Kind == TokenKind.Symbol && reader.Current.Text is "!" or "-" or "~" or "*" or "&" or "++" or "--")
        {
            string operation = reader.Next().Text;
            Expression operand = Unary();
            return operation is "-" && operand is Number number
                ? new Number(-number.Value, "-" + number.Text)
                : new Prefix(operation, operand);
        }

        if (reader.Sees("(") && IsTypeWord(reader.Ahead(1)))
        {
            reader.Next();
            string type = Type()!;
            reader.Expect(")");
            return new Cast(type, Unary());
        }

        return Suffixes(Primary());
    }

    private Expression Suffixes(Expression value)
    {
        while (true)
        {
            if (reader.Take("["))
            {
                value = new Element(value, Expression());
                reader.Expect("]");
            }
            else if (reader.Take("."))
            {
                value = new Member(value, reader.Word());
            }
            else if (reader.Sees("++") || reader.Sees("--"))
            {
                value = new Postfix(value, reader.Next().Text);
            }
            else
            {
                return value;
            }
        }
    }

    private Expression Primary()
    {
        Token token = reader.Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                return new Number(NumberOf(token), reader.Next().Text);
            case TokenKind.Text or TokenKind.Character:
                return new Literal(reader.Next().Text);
            case TokenKind.Word:
                return WordValue();
            case TokenKind.Symbol when reader.Take("("):
                Expression inner = Expression();
                reader.Expect(")");
                return inner;
            case TokenKind.Symbol:
            case TokenKind.End:
            default:
                throw reader.Error("a value expected");
        }
    }

    private Expression WordValue()
    {
        if (reader.Take("syscall", "number"))
        {
            return new RawSystemCall(Unary());
        }

        if (reader.Sees("flag") && reader.Ahead(1).Kind == TokenKind.Number)
        {
            reader.Next();
            return new FlagIsSet(reader.Integer());
        }

        if (reader.Take("mode", "is"))
        {
            return new ModeIs(reader.Word());
        }

        Token token = reader.Next();
        if (reader.Sees("("))
        {
            return new Call(token.Text, Arguments(token));
        }

        if (Constants.TryValue(token.Text, out long value))
        {
            return new Number(value, token.Text);
        }

        return LooksConstant(token.Text) ? throw reader.Error("unknown constant", token) : new Variable(token.Text);
    }

    private static bool LooksConstant(string name)
        => name.StartsWith("SIG", StringComparison.Ordinal) || name.StartsWith("CLONE_", StringComparison.Ordinal)
            || name.StartsWith("__W", StringComparison.Ordinal) || name.StartsWith("SA_", StringComparison.Ordinal)
            || name.StartsWith("PR_", StringComparison.Ordinal) || name.StartsWith("P_", StringComparison.Ordinal)
            || name.StartsWith("O_", StringComparison.Ordinal)
            || (name.Length > 3 && name[0] is 'W' or 'E' && name.All(char.IsAsciiLetterUpper));

    private ImmutableArray<Expression> Arguments(Token function)
    {
        names.UseFunction(function.Text, reader, function);
        reader.Expect("(");
        var arguments = ImmutableArray.CreateBuilder<Expression>();
        while (!reader.Take(")"))
        {
            bool isTypeName = function.Text is "offsetof" && arguments.Count == 0;
            arguments.Add(isTypeName ? new Literal(Type() ?? throw reader.Error("a type expected")) : Expression());
            if (!reader.Take(",") && !reader.Sees(")"))
            {
                throw reader.Error("')' expected");
            }
        }

        return arguments.ToImmutable();
    }

    private long NumberOf(Token token)
    {
        string digits = token.Text.TrimEnd('U', 'L', 'u', 'l');
        bool hexadecimal = digits.StartsWith("0x", StringComparison.Ordinal);
        ulong value;
        bool good = hexadecimal
            ? ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return good ? unchecked((long)value) : throw reader.Error("a number expected");
    }
}
