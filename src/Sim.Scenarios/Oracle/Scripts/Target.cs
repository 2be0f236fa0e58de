using Sim.Machine.Ops;

namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>Whom a statement means.</summary>
[Immutable]
public abstract record Target;

/// <summary>A task by its name in the script, or a variable that holds a pid.</summary>
public sealed record NamedTask(string Name) : Target;

/// <summary><c>self</c>: the calling thread.</summary>
public sealed record Caller : Target;

/// <summary><c>-A</c>: the process group whose id is the pid of a task.</summary>
public sealed record GroupOf(string Name) : Target;

/// <summary>A bare number: -1, 0, or a pid that nobody has.</summary>
public sealed record BarePid(long Pid) : Target;

/// <summary>A pid that must be computed, such as <c>t[i].pid</c> or <c>getpid()</c>.</summary>
public sealed record ComputedPid(Expression Pid) : Target;
