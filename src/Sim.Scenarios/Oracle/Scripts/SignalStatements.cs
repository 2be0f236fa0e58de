using System.Collections.Immutable;

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
public sealed record InstallHandler(Number Signal, bool Logging, Number? Flags) : Statement;

/// <summary><c>asmhand(S)</c>: the handler whose code the header's <c>asm:</c> lines give.</summary>
public sealed record InstallAsmHandler(Number Signal) : Statement;

/// <summary><c>ignore S</c>: SIG_IGN.</summary>
public sealed record Ignore(Number Signal) : Statement;

/// <summary>Signals in braces; <see cref="All"/> for <c>{all}</c>.</summary>
public sealed record SignalSet(bool All, ImmutableArray<Number> Signals);

/// <summary><c>block{...}</c>.</summary>
public sealed record BlockSignals(SignalSet Signals) : Statement;

/// <summary><c>unblock{...}</c>.</summary>
public sealed record UnblockSignals(SignalSet Signals) : Statement;

/// <summary><c>drain S queue</c>: takes with sigtimedwait(0) what is queued, one line each, and a last line "empty".</summary>
public sealed record DrainQueue(Number Signal) : Statement;
