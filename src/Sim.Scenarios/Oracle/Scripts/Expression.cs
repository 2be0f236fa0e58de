using System.Collections.Immutable;
using Sim.Machine.Ops;

namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>A value of the script language: C, as far as it shows through.</summary>
[Immutable]
public abstract record Expression;

/// <summary>A number, or a constant by name (<c>SIGUSR1</c>, <c>WNOHANG</c>, <c>CLONE_VFORK</c>).</summary>
/// <param name="Value">Linux's value.</param>
/// <param name="Text">As written.</param>
public sealed record Number(long Value, string Text) : Expression;

/// <summary>A string or character literal, without its quotes.</summary>
public sealed record Literal(string Value) : Expression;

/// <summary>A variable, a task or a code label.</summary>
public sealed record Variable(string Name) : Expression;

/// <summary><c>!x</c>, <c>-x</c>, <c>~x</c>, <c>*x</c>, <c>&amp;x</c>, <c>++x</c>, <c>--x</c>, <c>sizeof x</c>.</summary>
public sealed record Prefix(string Operator, Expression Operand) : Expression;

/// <summary><c>x++</c> or <c>x--</c>.</summary>
public sealed record Postfix(Expression Operand, string Operator) : Expression;

/// <summary>An operator of C between two values, without assignment.</summary>
public sealed record Infix(Expression Left, string Operator, Expression Right) : Expression;

/// <summary><c>x = y</c>, <c>x += y</c> and the like.</summary>
public sealed record Assignment(Expression Target, string Operator, Expression Value) : Expression;

/// <summary>A call of a known function: a system call, a C function, or a helper of the recorder.</summary>
public sealed record Call(string Function, ImmutableArray<Expression> Arguments) : Expression;

/// <summary><c>x.name</c>.</summary>
public sealed record Member(Expression Of, string Name) : Expression;

/// <summary><c>x[i]</c>.</summary>
public sealed record Element(Expression Of, Expression Index) : Expression;

/// <summary><c>(type)x</c>.</summary>
public sealed record Cast(string Type, Expression Operand) : Expression;

/// <summary><c>{a, b, ...}</c> behind a declaration.</summary>
public sealed record InitializerList(ImmutableArray<Expression> Items) : Expression;

/// <summary><c>syscall number n</c>: a system call by its number, without arguments.</summary>
public sealed record RawSystemCall(Expression CallNumber) : Expression;

/// <summary><c>flag n</c> as a condition: the flag has been set.</summary>
public sealed record FlagIsSet(int Flag) : Expression;

/// <summary><c>mode is name</c> as a condition: false unless the task's mode was set to it.</summary>
public sealed record ModeIs(string Mode) : Expression;
