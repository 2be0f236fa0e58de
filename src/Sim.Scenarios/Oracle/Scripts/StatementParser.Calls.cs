using System.Collections.Immutable;

namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>Statements that are written as a call: system calls, and programs of the script.</summary>
internal sealed partial class StatementParser
{
    private Statement? Called()
    {
        Token start = _reader.Current;
        if (start.Kind != TokenKind.Word || !_reader.Ahead(1).Is("("))
        {
            return null;
        }

        if (_names.HasProgram(start.Text))
        {
            _reader.Next();
            _reader.Expect("(", ")");
            return new CallProgram(start.Text);
        }

        return WaitCall() ?? SignalCall() ?? ProcessCall();
    }

    private Statement? WaitCall()
    {
        if (_reader.Take("waitpid", "("))
        {
            Target target = _last = _values.Target();
            Expression options = _reader.Take(",") ? _values.Value() : new Number(0, "0");
            _reader.Expect(")");
            Expectation();
            return new Waitpid(target, options);
        }

        if (_reader.Take("waitid", "("))
        {
            Token at = _reader.Current;
            Number type = _values.Constant("the kind of waitid");
            if (type.Value is < 0 or > 2)
            {
                throw _reader.Error("unknown kind of waitid", at);
            }

            _reader.Expect(",");
            Target target = _values.Target();
            _reader.Expect(",");
            Expression options = _values.Value();
            _reader.Expect(")");
            return new Waitid((WaitidType)type.Value, target, options);
        }

        if (_reader.Take("wait4", "("))
        {
            Target target = _values.Target();
            _reader.Expect(",");
            _values.Value();
            _reader.Expect(",");
            Expression options = _values.Value();
            _reader.Expect(",");
            _values.Value();
            _reader.Expect(")");
            return new QuietWait(target, options);
        }

        return null;
    }

    /// <summary>"(SIGSTOP)", "(group stop)" behind a wait of a program in place: tells a reader what will come, and does nothing.</summary>
    private void Expectation()
    {
        if (!_reader.Take("("))
        {
            return;
        }

        do
        {
            _reader.Word();
        }
        while (!_reader.Take(")"));
    }

    private Statement? SignalCall()
    {
        if (_reader.Take("kill", "("))
        {
            Target target = _values.Target();
            return new Kill(target, LastArgument());
        }

        if (_reader.Take("tkill", "("))
        {
            Target target = _values.Target();
            Expression signal = LastArgument();
            return new Tkill(target, signal, _reader.Take("then", "log"));
        }

        if (_reader.Take("tgkill", "("))
        {
            Target group = _values.Target();
            _reader.Expect(",");
            Target target = _values.Target();
            return new Tgkill(group, target, LastArgument());
        }

        if (_reader.Take("sigqueue", "("))
        {
            Target target = _values.Target();
            _reader.Expect(",");
            Expression signal = _values.Value();
            return new Sigqueue(target, signal, LastArgument());
        }

        if (_reader.Take("asmhand", "("))
        {
            Number signal = _values.Constant("signals");
            _reader.Expect(")");
            return new InstallAsmHandler(signal);
        }

        return null;
    }

    private Expression LastArgument()
    {
        _reader.Expect(",");
        return ClosedValue();
    }

    private Expression ClosedValue()
    {
        Expression value = _values.Value();
        _reader.Expect(")");
        return value;
    }

    private Statement? ProcessCall()
    {
        if (_reader.Take("exit_group", "("))
        {
            return new ExitGroup(ClosedValue());
        }

        if (_reader.Take("exit", "("))
        {
            Expression code = ClosedValue();
            return _reader.Take("(", "this", "thread", "only", ")") ? new ExitThread(code) : new ExitGroup(code);
        }

        if (_reader.Take("execve", "(", "program", ":"))
        {
            Statement image = Steps();
            _reader.Expect(")");
            return new Exec(image);
        }

        if (_reader.Take("setpgid", "("))
        {
            Target task = _values.Target();
            _reader.Expect(",");
            return new Setpgid(task, Closed());
        }

        if (_reader.Take("setsid", "(", ")"))
        {
            return new Setsid();
        }

        if (_reader.Take("sched_yield", "(", ")"))
        {
            return new SchedYield();
        }

        if (_reader.Take("pause", "(", ")"))
        {
            return new Pause();
        }

        return _reader.Take("prctl", "(") ? PrctlCall() : null;
    }

    private Prctl PrctlCall()
    {
        Number option = _values.Constant("the option of prctl");
        var arguments = ImmutableArray.CreateBuilder<Expression>();
        while (_reader.Take(","))
        {
            arguments.Add(_values.Value());
        }

        _reader.Expect(")");
        return new Prctl(option, arguments.ToImmutable());
    }
}
