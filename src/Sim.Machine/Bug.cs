using System.Runtime.CompilerServices;

namespace Sim.Machine;

/// <summary>An invariant of the simulator itself was broken: our bug, never the simulated program's.</summary>
public sealed class SimulatorBugException(string message) : Exception(message);

/// <summary>Always-on assertions about the simulator's own invariants.</summary>
public static class Bug
{
    /// <summary>Fails the run when <paramref name="broken"/> holds; the text of the condition is the message.</summary>
    public static void On(bool broken, [CallerArgumentExpression(nameof(broken))] string condition = "")
    {
        if (broken)
        {
            Fail(condition);
        }
    }

    /// <summary>Fails the run unconditionally.</summary>
    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public static void Fail(string message) => throw new SimulatorBugException($"simulator bug: {message}");
}
