namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>Statements about tasks and about what is watched.</summary>
internal sealed partial class StatementParser
{
    private Statement? TaskStatement()
    {
        if (_reader.Sees("fork") && !_reader.Ahead(1).Is("("))
        {
            return ForkStatement();
        }

        if (_reader.Take("vfork"))
        {
            return new Fork(NewTask(), ProgramName()) { Vfork = true };
        }

        if (_reader.Take("create", "thread"))
        {
            string name = NewTask();
            return new CreateThread(name, ProgramName());
        }

        if (_reader.Take("pause", "for", "ever"))
        {
            return new PauseForEver();
        }

        if (_reader.Take("executes", "the", "commands", "marked"))
        {
            string mark = _reader.String().TrimEnd(':');
            _reader.Expect("of", "the", "script", "one", "at", "a", "time");
            _names.DefineServer(mark);
            return new ServeCommands(mark);
        }

        if (_reader.Take("report", "result"))
        {
            return new ReportResult();
        }

        if (_reader.Take("log"))
        {
            string format = _reader.String();
            _names.LogFormats.Add(format);
            _names.UsesPtrace |= format.Contains("ptrace", StringComparison.Ordinal);
            return new Log(format);
        }

        if (_reader.Take("write"))
        {
            int bytes = _reader.Integer();
            _reader.Take(bytes == 1 ? "byte" : "bytes");
            _reader.Expect("to", "the", "pipe");
            return new WritePipe(bytes);
        }

        return _reader.Ahead(1).Is("mode") && _reader.Ahead(2).Is(":=") ? Mode() : null;
    }

    private Statement ForkStatement()
    {
        _reader.Expect("fork");
        string name = NewTask();
        if (!_reader.Sees("=", "{"))
        {
            return new Fork(name, ProgramName());
        }

        _reader.Expect("=", "{");
        return new ForkBlock(name, BlockBody());
    }

    private string NewTask()
    {
        string name = _reader.Word();
        _names.DefineTask(name);
        return name;
    }

    private string ProgramName()
    {
        _reader.Expect("=", "program");
        _names.UseProgram(_reader.Current.Text, _reader, _reader.Current);
        return _reader.Word();
    }

    private SetMode Mode()
    {
        Token start = _reader.Current;
        _names.UseTask(start.Text, _reader, start);
        string task = _reader.Word();
        _reader.Expect("mode", ":=");
        bool isRawExit = _reader.Sees("exit");
        Statement meaning = One();
        var set = new SetMode(task, isRawExit && meaning is ExitGroup exit ? new ExitThread(exit.Code) : meaning);
        _names.UseMode(set, _reader, start);
        return set;
    }

    private Statement? WatchStatement()
    {
        if (_reader.Take("set", "flag"))
        {
            return new SetFlag(_reader.Integer());
        }

        if (_reader.Take("await", "flag"))
        {
            return new AwaitFlag(_reader.Integer());
        }

        if (_reader.Take("busy", "-", "wait", "flag"))
        {
            return new BusyWaitFlag(_reader.Integer());
        }

        if (_reader.Take("let"))
        {
            int milliseconds = _reader.Integer("ms");
            _reader.Expect("pass");
            return new LetPass(milliseconds);
        }

        if (_reader.Take("await"))
        {
            return AwaitTask();
        }

        return _reader.Take("show") ? ShowView() : null;
    }

    private Await AwaitTask()
    {
        Target task = NamedTarget();
        if (_reader.Take("in", "ptrace", "stop"))
        {
            _names.UsesPtrace = true;
            _ = _reader.Take("(", "no", "wait", ")");
            return new Await(task, TaskCondition.PtraceStop, "");
        }

        if (_reader.Take("state", "in", "{"))
        {
            string states = _reader.Word();
            _reader.Expect("}");
            return new Await(task, TaskCondition.InState, states);
        }

        if (_reader.Take("state"))
        {
            return new Await(task, TaskCondition.InState, _reader.Word());
        }

        TaskCondition condition = _reader.Current.Text switch
        {
            "sleeping" => TaskCondition.Sleeping,
            "running" => TaskCondition.Running,
            "zombie" => TaskCondition.Zombie,
            "gone" => TaskCondition.Gone,
            _ => throw _reader.Error("unknown condition"),
        };
        _reader.Next();
        return new Await(task, condition, "");
    }

    private Statement ShowView()
    {
        if (_reader.Take("state", "("))
        {
            Target task = NamedTarget();
            _reader.Expect(")");
            return new Show(View.State, task);
        }

        if (_reader.Take("sigpending", "(", ")"))
        {
            return new ShowPending();
        }

        if (_reader.Current.Kind == TokenKind.Word && _reader.Ahead(1).Is("("))
        {
            return ShownCall();
        }

        View view = _reader switch
        {
            _ when _reader.Take("TracerPid", "/", "PPid") => View.Parents,
            _ when _reader.Take("pending", "sets") => View.PendingSets,
            _ when _reader.Take("rip", "/", "TF", "/", "orig_rax") => View.StepRegisters,
            _ when _reader.Take("orig_rax", "/", "rax") => View.CallRegisters,
            _ => throw _reader.Error("unknown view"),
        };
        _names.UsesPtrace |= view is View.StepRegisters or View.CallRegisters;
        return _reader.Take("of") ? new Show(view, NamedTarget())
            : new Show(view, _last ?? throw _reader.Error("'of' expected"));
    }

    private ShowCall ShownCall()
    {
        Token start = _reader.Current;
        return _values.Expression() is Call call
            ? new ShowCall(call, _reader.TextFrom(start))
            : throw _reader.Error("unknown view", start);
    }

    /// <summary>A task by one word, which the rest of the phrase follows.</summary>
    private Target NamedTarget()
    {
        Token at = _reader.Current;
        string name = _reader.Word();
        bool isSelf = name is "self";
        if (!isSelf)
        {
            _names.UseTask(name, _reader, at);
        }

        _last = isSelf ? new Caller() : new NamedTask(name);
        return _last;
    }
}
