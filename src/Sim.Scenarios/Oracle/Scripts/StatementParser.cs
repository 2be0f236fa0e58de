using System.Collections.Immutable;

namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>Reads the statements of one program. What it does not know is an error; nothing is skipped.</summary>
internal sealed partial class StatementParser
{
    private readonly TokenReader _reader;
    private readonly Names _names;
    private readonly ExpressionParser _values;

    /// <summary>Whom the last step meant, for a step of the same sequence that does not say.</summary>
    private Target? _last;

    private StatementParser(TokenReader reader, Names names)
    {
        _reader = reader;
        _names = names;
        _values = new ExpressionParser(reader, names);
    }

    /// <summary>A whole program.</summary>
    internal static Block Program(TokenReader reader, Names names)
    {
        var parser = new StatementParser(reader, names);
        Block program = parser.Statements();
        return reader.AtEnd ? program : throw reader.Error("'}' without '{'");
    }

    private Block Statements()
    {
        var statements = ImmutableArray.CreateBuilder<Statement>();
        while (!_reader.AtEnd && !_reader.Sees("}"))
        {
            if (_reader.Take(";"))
            {
                continue;
            }

            Statement statement = Steps();
            statements.Add(statement);
            if (!_reader.Take(";") && !_reader.AtEnd && !_reader.Sees("}") && !EndsInBrace(statement))
            {
                throw _reader.Error("';' expected");
            }
        }

        return new Block(statements.ToImmutable());
    }

    /// <summary>Whether no semicolon is needed behind a statement.</summary>
    private static bool EndsInBrace(Statement statement) => statement switch
    {
        Block or Loop => true,
        If { Else: Statement no } => EndsInBrace(no),
        If choice => EndsInBrace(choice.Then),
        IfMode choice => EndsInBrace(choice.Then),
        For loop => EndsInBrace(loop.Body),
        While loop => EndsInBrace(loop.Body),
        ForkHere { Child: Statement child } => EndsInBrace(child),
        _ => false,
    };

    /// <summary>One statement, or several with commas between them.</summary>
    private Statement Steps()
    {
        Statement first = One();
        if (!_reader.Sees(","))
        {
            return first;
        }

        var steps = ImmutableArray.CreateBuilder<Statement>();
        steps.Add(first);
        while (_reader.Take(","))
        {
            steps.Add(One());
        }

        return new Sequence(steps.ToImmutable());
    }

    private Statement One()
    {
        _reader.Take("then");
        Token start = _reader.Current;
        if (start.Kind == TokenKind.Word && _reader.Ahead(1).Is(":") && !_reader.Sees("loop"))
        {
            string task = _reader.Word();
            _reader.Expect(":");
            _names.UseTask(task, _reader, start);
            _names.UseCommand(task, _reader, start);
            return new OnBehalf(task, One());
        }

        return Control() ?? TaskStatement() ?? SignalStatement() ?? WatchStatement() ?? PtraceStatement()
            ?? Declared() ?? Called() ?? Bare();
    }

    /// <summary>What is left: a value for its effect. A value without effect is a statement that nobody knows.</summary>
    private Evaluate Bare()
    {
        Token start = _reader.Current;
        bool begins = start.Kind == TokenKind.Word || _reader.Sees("*") || _reader.Sees("++") || _reader.Sees("--");
        Expression value = begins ? _values.Expression() : throw _reader.Error("unknown statement");
        if (value is not (Assignment or Postfix or Prefix { Operator: "++" or "--" } or Call or RawSystemCall))
        {
            throw _reader.Error("unknown statement", start);
        }

        if (value is Assignment { Target: Variable { Name: "ME" }, Value: Literal name })
        {
            _names.DefineTask(name.Value);
        }

        return new Evaluate(value);
    }

    private Statement? Control()
    {
        if (_reader.Take("{"))
        {
            return BlockBody();
        }

        if (_reader.Take("loop", ":"))
        {
            return new Loop(One());
        }

        if (_reader.Take("if", "mode"))
        {
            int mode = _reader.Integer();
            _reader.Expect(":");
            var choice = new IfMode(mode, Steps());
            _names.Modes.Add(choice);
            return choice;
        }

        if (_reader.Take("if", "("))
        {
            return Condition();
        }

        if (_reader.Take("for", "("))
        {
            return ForLoop();
        }

        if (_reader.Take("while", "("))
        {
            Expression condition = _values.Expression();
            _reader.Expect(")");
            return new While(condition, Steps());
        }

        return _reader.Current.Text switch
        {
            "break" when _reader.Take("break") => new Break(),
            "continue" when _reader.Take("continue") => new Continue(),
            "return" when _reader.Take("return") =>
                new Return(_reader.Sees(";") || _reader.Sees("}") || _reader.AtEnd ? null : _values.Expression()),
            _ => null,
        };
    }

    private Block BlockBody()
    {
        Block body = Statements();
        _reader.Expect("}");
        return body;
    }

    private If Condition()
    {
        Expression condition = _values.Expression();
        _reader.Expect(")");
        Statement then = Steps();
        bool isElse = _reader.Sees(";", "else") || _reader.Sees("else");
        if (!isElse)
        {
            return new If(condition, then, null);
        }

        _reader.Take(";");
        _reader.Expect("else");
        return new If(condition, then, Steps());
    }

    private For ForLoop()
    {
        Statement? first = _reader.Sees(";") ? null : Declared() ?? Bare();
        _reader.Expect(";");
        Expression? condition = _reader.Sees(";") ? null : _values.Expression();
        _reader.Expect(";");
        Expression? step = _reader.Sees(")") ? null : _values.Expression();
        _reader.Expect(")");
        return new For(first, condition, step, Steps());
    }

    /// <summary>A declaration, and with a clone as its value the child's branch behind it.</summary>
    private Statement? Declared()
    {
        Token start = _reader.Current;
        if (_values.Type() is not string type)
        {
            return null;
        }

        var declarators = ImmutableArray.CreateBuilder<Declarator>();
        do
        {
            string name = _reader.Word();
            bool isArray = _reader.Take("[");
            if (isArray && !_reader.Take("]"))
            {
                _values.Expression();
                _reader.Expect("]");
            }

            declarators.Add(new Declarator(name, isArray, _reader.Take("=") ? _values.Initializer() : null));
            _names.DefineTask(name);
        }
        while (_reader.Take(","));

        return declarators is [{ Initializer: Call { Function: "clone" or "fork" or "vfork" } call } one]
            ? Cloned(one.Name, call, start)
            : new Declaration(type, declarators.ToImmutable());
    }

    private ForkHere Cloned(string name, Call call, Token start)
    {
        Expression flags = call switch
        {
            { Function: "clone", Arguments: [Expression only] } => only,
            { Function: "fork", Arguments: [] } => new Number(17, "SIGCHLD"),
            { Function: "vfork", Arguments: [] } => new Number(0x4100 | 17, "CLONE_VFORK | CLONE_VM | SIGCHLD"),
            _ => throw _reader.Error("unknown statement", start),
        };
        if (!_reader.Sees(";", "if", "(", "!", name, ")") && !_reader.Sees(";", "if", "(", name, "=="))
        {
            return new ForkHere(name, flags, null);
        }

        _reader.Expect(";");
        Token branch = _reader.Current;
        var child = (If)Control()!;
        bool isZero = child.Condition is Prefix { Operator: "!" } or Infix { Right: Number { Value: 0 } };
        if (!isZero || child.Else is not null || !Ends(child.Then))
        {
            throw _reader.Error("the child's branch must end the child", branch);
        }

        return new ForkHere(name, flags, child.Then);
    }

    private static bool Ends(Statement statement) => statement switch
    {
        ExitGroup or ExitThread or Exec or PauseForEver => true,
        Block block => block.Statements.Any(Ends),
        Sequence sequence => sequence.Statements.Any(Ends),
        _ => false,
    };
}
