using System.Collections.Immutable;
using Sim.Machine.Ops;

namespace Sim.Scenarios.Oracle.Scripts;

/// <summary><c>kill(x, signal)</c>; its line is placed where the call starts.</summary>
public sealed record Kill(Target Target, Expression Signal) : Statement;

/// <summary>
/// <c>tkill(x, signal)</c>; the caller's own is quiet unless <paramref name="ThenLog"/> says that the return is logged.
/// </summary>
public sealed record Tkill(Target Target, Expression Signal, bool ThenLog) : Statement;

/// <summary><c>tgkill(group, x, signal)</c>.</summary>
public sealed record Tgkill(Target Group, Target Target, Expression Signal) : Statement;

/// <summary><c>sigqueue(x, signal, value)</c>: a signal with SI_QUEUE and a value.</summary>
public sealed record Sigqueue(Target Target, Expression Signal, Expression Value) : Statement;

/// <summary><c>install quiet|logging handler S flags F</c>; a logging handler writes a line and sets flag 20.</summary>
public sealed record InstallHandler(Number Signal, bool Logging, Number? Flags) : Statement
{
    /// <summary><c>mask{...}</c>: blocked while it runs.</summary>
    public SignalSet? Mask { get; init; }

    /// <summary><c>= program x</c>: what it does besides.</summary>
    public string? Program { get; init; }

    /// <summary><c>with value</c>: the line has the value of sigqueue().</summary>
    public bool WithValue { get; init; }
}

/// <summary><c>asmhand(S)</c>: the handler whose code the header's <c>asm:</c> lines give.</summary>
public sealed record InstallAsmHandler(Number Signal) : Statement;

/// <summary><c>ignore S</c>: SIG_IGN.</summary>
public sealed record Ignore(Number Signal) : Statement;

/// <summary><c>default S flags F</c>: SIG_DFL.</summary>
public sealed record DefaultAction(Number Signal, Number? Flags) : Statement;

/// <summary>
/// Signals in braces; <see cref="All"/> for <c>{all}</c> and <c>{all but S, ...}</c>, where the signals are left out.
/// </summary>
[Immutable]
public sealed record SignalSet(bool All, ImmutableArray<Number> Signals);

/// <summary><c>block{...}</c>.</summary>
public sealed record BlockSignals(SignalSet Signals) : Statement;

/// <summary><c>unblock{...}</c>.</summary>
public sealed record UnblockSignals(SignalSet Signals) : Statement;

/// <summary><c>drain S queue</c>: takes with sigtimedwait(0) what is queued, one line each, and a last line "empty".</summary>
public sealed record DrainQueue(Number Signal) : Statement;

/// <summary><c>mask{...}</c>: exactly these are blocked.</summary>
public sealed record SetMask(SignalSet Signals) : Statement;

/// <summary><c>sigsuspend{...}</c>: sleeps with this mask until a handler has run; logged when it returns.</summary>
public sealed record Sigsuspend(SignalSet Signals) : Statement;

/// <summary><c>sigwait{...}</c>, <c>sigpoll{...}</c>: sigtimedwait() without and with a zero time-out; logged when it returns.</summary>
public sealed record Sigwait(SignalSet Signals, bool Polls) : Statement;

/// <summary><c>show sigpending()</c>: logs which blocked signals wait for the caller.</summary>
public sealed record ShowPending : Statement;
