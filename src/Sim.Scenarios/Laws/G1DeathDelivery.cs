using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;

namespace Sim.Scenarios.Laws;

/// <summary>
/// If set_events with DEATH succeeds, and the engine is neither detached nor has DEATH taken back
/// before death is reported, exactly one death callback is made to it, never two.
/// </summary>
public sealed class G1DeathDelivery() : Law(
    "G1", "A promised death callback is made exactly once.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened is { Kind: EngineEventKind.CallbackBegan, Events: UtraceEvents.Death } && watch.Deaths > 0)
        {
            watch.Break(this, $"{watch.Label} gets a second one");
        }
    }

    /// <inheritdoc/>
    public override void AtEnd(EngineWatch watch)
    {
        if (watch.DeathOwed && watch.Deaths == 0 && watch.Target.ExitState.Peek != ExitState.Alive)
        {
            watch.Break(this, $"{watch.Label} asked for DEATH, set_events agreed, and {watch.Target} died without one");
        }
    }
}
