using System.Collections.Immutable;
using Sim.Machine.Ops;

namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>One step of a program of the script language.</summary>
[Immutable]
public abstract record Statement;

/// <summary><c>{a; b}</c>, or a whole program.</summary>
public sealed record Block(ImmutableArray<Statement> Statements) : Statement;

/// <summary><c>a, b</c>: one step written as several; they run in this order.</summary>
public sealed record Sequence(ImmutableArray<Statement> Statements) : Statement;

/// <summary><c>if (c) a else b</c>.</summary>
public sealed record If(Expression Condition, Statement Then, Statement? Else) : Statement;

/// <summary><c>if mode n: a</c>: the task's own mode, 0 until somebody sets it.</summary>
public sealed record IfMode(int Mode, Statement Then) : Statement;

/// <summary><c>for (first; condition; step) body</c>.</summary>
public sealed record For(Statement? First, Expression? Condition, Expression? Step, Statement Body) : Statement;

/// <summary><c>while (c) body</c>.</summary>
public sealed record While(Expression Condition, Statement Body) : Statement;

/// <summary><c>loop: {...}</c>: for ever, until <see cref="Break"/> or the end of the task.</summary>
public sealed record Loop(Statement Body) : Statement;

/// <summary>Leaves the innermost loop.</summary>
public sealed record Break : Statement;

/// <summary>Starts the next turn of the innermost loop.</summary>
public sealed record Continue : Statement;

/// <summary>Leaves the program; what called it goes on.</summary>
public sealed record Return(Expression? Value) : Statement;

/// <summary>A name that a declaration introduces.</summary>
[Immutable]
public sealed record Declarator(string Name, bool IsArray, Expression? Initializer);

/// <summary><c>type a = x, b</c>.</summary>
public sealed record Declaration(string Type, ImmutableArray<Declarator> Declarators) : Statement;

/// <summary>An expression for its effect, such as an assignment or a call without a node of its own.</summary>
public sealed record Evaluate(Expression Expression) : Statement;

/// <summary><c>a()</c>: runs another program of the script in the same task.</summary>
public sealed record CallProgram(string Program) : Statement;

/// <summary><c>P: a</c>: another task does it on request, while the requester waits.</summary>
public sealed record OnBehalf(string Task, Statement Command) : Statement;

/// <summary>"then executes the commands marked P: one at a time": serves <see cref="OnBehalf"/>.</summary>
public sealed record ServeCommands(string Mark) : Statement;

/// <summary><c>A2 mode := a</c>: A2's mode becomes the n of the <c>if mode n: a</c> with this meaning.</summary>
public sealed record SetMode(string Task, Statement Meaning) : Statement;

/// <summary><c>log "format"</c>: a line with values that the header does not give; <c>%s</c> and the like stand for them.</summary>
public sealed record Log(string Format) : Statement;

/// <summary>"report result": hands the last result to the task that waits for it.</summary>
public sealed record ReportResult : Statement;
