using Sim.Machine.Ops;

namespace Sim.Machine;

/// <summary>Something that must not happen happened.</summary>
/// <param name="Guarantee">The guarantee or sanitizer, e.g. <c>G7</c> or <c>KASAN</c>.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Step">After which step of the execution it was seen.</param>
[Immutable]
public sealed record Violation(string Guarantee, string Message, int Step);
