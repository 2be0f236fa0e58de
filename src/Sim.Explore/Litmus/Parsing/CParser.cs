using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>Reads threads that are written in C with the primitives of the Linux kernel.</summary>
internal sealed class CParser
{
    private static readonly string[] s_unsupported = ["while", "for", "do", "goto", "switch", "return", "break", "continue"];

    private readonly Scanner _scanner;
    private readonly LitmusThread _thread;
    private readonly CExpressionParser _expressions;
    private readonly CCalls _calls;

    private CParser(Scanner scanner, TestBuilder test, LitmusThread thread)
    {
        _scanner = scanner;
        _thread = thread;
        _expressions = new CExpressionParser(scanner, test, thread);
        _calls = _expressions.Calls;
    }

    /// <summary>Reads all threads.</summary>
    internal static void Read(Scanner scanner, TestBuilder test)
    {
        scanner.Comments = Comments.C | Comments.Bracketed;
        int number = 0;
        while (IsHead(scanner))
        {
            int place = scanner.Position;
            string head = scanner.Next();
            if (InitialState.ThreadNumber(head) != number)
            {
                throw scanner.Problem($"expected 'P{number}', found '{head}'", place);
            }

            new CParser(scanner, test, test.Thread(number)).ReadThread();
            number++;
            scanner.Comments = Comments.C | Comments.Bracketed;
        }

        if (number == 0)
        {
            throw scanner.Expected("'P0' and its parameters");
        }

        if (test.Threads.Count > number)
        {
            throw scanner.Problem($"the initial state speaks of thread {test.Threads.Count - 1}, and the program ends with P{number - 1}");
        }
    }

    private static bool IsHead(Scanner scanner)
    {
        _ = scanner.Take("static");
        _ = scanner.Take("void");
        string head = scanner.Peek();
        return head.Length > 1 && head[0] == 'P' && InitialState.ThreadNumber(head) >= 0;
    }

    private void ReadThread()
    {
        _scanner.Comments = Comments.C;
        _scanner.Expect("(");
        while (!_scanner.Take(")"))
        {
            ReadParameter();
        }

        _scanner.Expect("{");
        while (!_scanner.Take("}"))
        {
            ReadStatement();
        }
    }

    /// <summary>A parameter: its last name is that of a location.</summary>
    private void ReadParameter()
    {
        int place = _scanner.Position;
        string name = "";
        bool isPointer = false;
        while (_scanner.Peek() is not ("," or ")"))
        {
            if (_scanner.Take("["))
            {
                throw _scanner.Unsupported("an array");
            }

            isPointer |= _scanner.Take("*");
            if (_scanner.Peek() is not ("," or ")" or "*"))
            {
                name = _scanner.Name("a parameter: a type, '*' and a name");
            }
        }

        if (name.Length == 0)
        {
            throw _scanner.Problem("expected a parameter: a type, '*' and a name", place);
        }

        if (!isPointer && !name.Equals("void", StringComparison.Ordinal))
        {
            throw _scanner.Unsupported($"parameter '{name}', which is no pointer,", place);
        }

        _expressions.AddParameter(name);
        _ = _scanner.Take(",");
    }

    private void ReadStatement()
    {
        string first = _scanner.Peek();
        if (_scanner.IsAtEnd || first is "exists" or "forall" or "locations" or "filter" or "~")
        {
            throw _scanner.Expected("a statement or '}'");
        }
        else if (_scanner.Take("{"))
        {
            while (!_scanner.Take("}"))
            {
                ReadStatement();
            }
        }
        else if (_scanner.Take("if"))
        {
            ReadIf();
        }
        else if (s_unsupported.Contains(first, StringComparer.Ordinal))
        {
            // A name such as "continue" may be a variable, too.
            if (!string.Equals(_scanner.PeekSecond(), "=", StringComparison.Ordinal))
            {
                throw _scanner.Unsupported($"'{first}'");
            }

            ReadSimple();
        }
        else if (!_scanner.Take(";"))
        {
            ReadSimple();
        }
    }

    private void ReadIf()
    {
        _scanner.Expect("(");
        Expression condition = _expressions.Read();
        _scanner.Expect(")");
        int skip = _thread.Add(new Branch(condition, 0, 0));
        ReadStatement();
        if (!_scanner.Take("else"))
        {
            _thread.Patch(skip, new Branch(condition, _thread.Here, _thread.Here));
            return;
        }

        int join = _thread.Add(new Branch(Expression.Zero, 0, 0));
        int otherwise = _thread.Here;
        ReadStatement();
        _thread.Patch(skip, new Branch(condition, otherwise, _thread.Here));
        _thread.Patch(join, new Branch(Expression.Zero, _thread.Here, _thread.Here));
    }

    /// <summary>A declaration, an assignment or a call.</summary>
    private void ReadSimple()
    {
        if (_expressions.IsTypeNext())
        {
            ReadDeclaration();
        }
        else if (_scanner.Take("*"))
        {
            Expression address = _expressions.ReadUnary();
            _scanner.Expect("=");
            _thread.Add(new Store(address, _expressions.Read(), AccessOrder.Plain));
        }
        else if (string.Equals(_scanner.PeekSecond(), "(", StringComparison.Ordinal))
        {
            if (_scanner.Peek() is "(" || !_calls.TryReadStatement())
            {
                _ = _expressions.Read();
            }
        }
        else
        {
            ReadAssignment();
        }

        _scanner.Expect(";");
    }

    private void ReadDeclaration()
    {
        _expressions.SkipType();
        do
        {
            while (_scanner.Take("*"))
            {
                // What a pointer points at does not matter here.
            }

            ReadAssignment();
        }
        while (_scanner.Take(","));
    }

    private void ReadAssignment()
    {
        int place = _scanner.Position;
        string name = _scanner.Name("a statement");
        if (_scanner.Peek() is "[" or "->")
        {
            throw _scanner.Unsupported(_scanner.Peek() is "[" ? "an array" : "a structure");
        }

        if (_expressions.IsParameter(name) && _scanner.Peek() is not ("," or ";"))
        {
            throw _scanner.Unsupported($"an assignment to parameter '{name}'", place);
        }

        int register = _thread.Register(name);
        string sign = _scanner.Peek();
        if (_scanner.Take("="))
        {
            _thread.Add(new Assign(register, _expressions.Read()));
        }
        else if (sign is "+=" or "-=" or "|=" or "&=" or "^=")
        {
            _ = _scanner.Next();
            _thread.Add(new Assign(register, new Binary(sign[..1], new Register(register), _expressions.Read())));
        }
        else if (sign is "++" or "--")
        {
            _ = _scanner.Next();
            _thread.Add(new Assign(register, new Binary(sign[..1], new Register(register), new Constant(1))));
        }
        else if (sign is not (";" or ","))
        {
            throw _scanner.Expected("'='");
        }
    }
}
