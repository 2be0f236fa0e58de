using Sim.Kernel.Tracehook;

namespace Sim.Scenarios.Laws;

/// <summary>
/// DETACH returned from the death callback means that no reap callback is ever made. The same holds for DETACH
/// returned from any callback, which lets the engine go there and then.
/// </summary>
public sealed class G5DetachFromDeath() : Law(
    "G5", "An engine that answers DETACH gets no reap.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened is { Kind: EngineEventKind.CallbackBegan, Events: UtraceEvents.Reap } && watch.AnsweredDetach)
        {
            watch.Break(this, $"{watch.Label} answered DETACH and gets reap");
        }
    }
}
