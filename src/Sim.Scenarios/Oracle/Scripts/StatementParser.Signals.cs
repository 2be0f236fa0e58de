using System.Collections.Immutable;

namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>Statements about signals and about tracing.</summary>
internal sealed partial class StatementParser
{
    private Statement? SignalStatement()
    {
        if (_reader.Take("block", "{"))
        {
            return new BlockSignals(Signals());
        }

        if (_reader.Take("unblock", "{"))
        {
            return new UnblockSignals(Signals());
        }

        if (_reader.Take("mask", "{"))
        {
            return new SetMask(Signals());
        }

        if (_reader.Take("sigsuspend", "{"))
        {
            return new Sigsuspend(Signals());
        }

        if (_reader.Sees("sigwait", "{") || _reader.Sees("sigpoll", "{"))
        {
            bool polls = _reader.Word() is "sigpoll";
            _reader.Expect("{");
            return new Sigwait(Signals(), polls);
        }

        if (_reader.Take("default"))
        {
            return new DefaultAction(_values.Constant("signals"), HandlerFlags());
        }

        if (_reader.Take("ignore"))
        {
            return new Ignore(_values.Constant("signals"));
        }

        if (_reader.Take("drain"))
        {
            Number signal = _values.Constant("signals");
            _reader.Expect("queue");
            return new DrainQueue(signal);
        }

        return _reader.Take("install") ? Install() : null;
    }

    private InstallHandler Install()
    {
        bool logging = _reader.Take("logging");
        if (!logging)
        {
            _reader.Expect("quiet");
        }

        _reader.Expect("handler");
        return new InstallHandler(_values.Constant("signals"), logging, HandlerFlags())
        {
            Mask = _reader.Take("mask", "{") ? Signals() : null,
            WithValue = _reader.Take("with", "value"),
            Program = _reader.Sees("=") ? ProgramName() : null,
        };
    }

    private Number? HandlerFlags() => _reader.Take("flags") ? _values.Constant("flags") : null;

    private SignalSet Signals()
    {
        bool all = _reader.Take("all");
        if (_reader.Take("}"))
        {
            return new SignalSet(all, []);
        }

        if (all)
        {
            _reader.Expect("but");
        }

        var signals = ImmutableArray.CreateBuilder<Number>();
        do
        {
            signals.Add(_values.Constant("signals"));
        }
        while (_reader.Take(","));
        _reader.Expect("}");
        return new SignalSet(all, signals.ToImmutable());
    }

    private Statement? PtraceStatement()
    {
        Statement? statement = Traced();
        _names.UsesPtrace |= statement is not null;
        return statement;
    }

    private Statement? Traced()
    {
        if (_reader.Take("TRACEME"))
        {
            return new TraceMe();
        }

        if (_reader.Take("GETSIGINFO", "("))
        {
            return new GetSiginfo(Closed());
        }

        if (_reader.Take("GETEVENTMSG", "("))
        {
            return new GetEventMessage(Closed(), null);
        }

        if (_reader.Ahead(1).Is(":=") && _reader.Ahead(2).Is("GETEVENTMSG"))
        {
            string name = NewTask();
            _reader.Expect(":=", "GETEVENTMSG", "(");
            return new GetEventMessage(Closed(), name);
        }

        if (_reader.Take("POKEUSER"))
        {
            Target tracee = NamedTarget();
            string register = _reader.Word();
            _reader.Expect("=");
            return new PokeUser(tracee, register, _values.Value());
        }

        // "ptrace(...)" is the call of C.
        bool isPhrase = _reader.Sees("ptrace") && !_reader.Ahead(1).Is("(") && _reader.Take("ptrace");
        bool isShort = IsRequest(_reader.Current.Text) && _reader.Ahead(1).Kind == TokenKind.Word;
        return isPhrase || isShort ? Request() : null;
    }

    private PtraceRequest Request()
    {
        if (!IsRequest(_reader.Current.Text))
        {
            throw _reader.Error("unknown ptrace request");
        }

        string request = _reader.Word();
        Target target = NamedTarget();
        _ = _reader.Take("with");
        bool bare = _reader.Sees(";") || _reader.Sees(",") || _reader.Sees("}") || _reader.AtEnd;
        return new PtraceRequest(request, target, bare ? null : _values.Value());
    }

    private static bool IsRequest(string word) => word is
        "ATTACH" or "SEIZE" or "INTERRUPT" or "LISTEN" or "DETACH" or "CONT" or "SYSCALL" or "SINGLESTEP" or "SINGLEBLOCK"
        or "SYSEMU" or "SYSEMU_SINGLESTEP" or "KILL" or "SETOPTIONS";

    private Target Closed()
    {
        Target target = _values.Target();
        _reader.Expect(")");
        return target;
    }
}
