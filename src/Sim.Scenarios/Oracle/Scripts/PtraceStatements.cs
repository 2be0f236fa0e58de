namespace Sim.Scenarios.Oracle.Scripts;

/// <summary><c>TRACEME</c>.</summary>
public sealed record TraceMe : Statement;

/// <summary><c>ptrace REQUEST x data</c>, or <c>REQUEST x with data</c> in a program in place.</summary>
/// <param name="Request">Name of the request without PTRACE_.</param>
/// <param name="Target">The tracee.</param>
/// <param name="Data">Signal or options; null is 0.</param>
public sealed record PtraceRequest(string Request, Target Target, Expression? Data) : Statement;

/// <summary><c>GETSIGINFO(x)</c>.</summary>
public sealed record GetSiginfo(Target Target) : Statement;

/// <summary><c>GETEVENTMSG(x)</c>, <c>B := GETEVENTMSG(x)</c>.</summary>
/// <param name="Target">The tracee.</param>
/// <param name="Name">The name that the pid in the message gets, if any.</param>
public sealed record GetEventMessage(Target Target, string? Name) : Statement;

/// <summary><c>POKEUSER x register=value</c>.</summary>
public sealed record PokeUser(Target Target, string Register, Expression Value) : Statement;
