using Sim.Kernel.Tracehook;

namespace Sim.Scenarios.Laws;

/// <summary>
/// What was known of an engine in the step in which a call on it began. The return of the call brings it along, so
/// that a law can tell what came before the call from what merely overlaps it.
/// </summary>
/// <param name="Wanted">The events of the last set_events() that had made a change.</param>
/// <param name="Begun">How many callbacks had begun.</param>
/// <param name="InCallback">Whether the last of them was running.</param>
/// <param name="InFlight">How many set_events() of others had begun and not returned.</param>
/// <param name="Returns">How many set_events() had returned.</param>
/// <param name="Controls">How many control() had been called.</param>
/// <param name="LetGo">Whether a control(DETACH) had succeeded.</param>
/// <param name="AnsweredDetach">Whether a callback that answered DETACH was over.</param>
public readonly record struct CallMoment(
    UtraceEvents Wanted,
    int Begun,
    bool InCallback,
    int InFlight,
    int Returns,
    int Controls,
    bool LetGo,
    bool AnsweredDetach)
{
    /// <summary>The engine's flags as the caller read them before; only if it saw exit_state set.</summary>
    public UtraceEvents Flags { get; init; }

    /// <summary>Whether the caller had seen exit_state set.</summary>
    public bool Exited { get; init; }

    /// <summary>Whether the caller knew that the death report was over.</summary>
    public bool DeathOver { get; init; }

    /// <summary>Whether the caller knew that the engines of the task had been torn down.</summary>
    public bool TornDown { get; init; }
}
