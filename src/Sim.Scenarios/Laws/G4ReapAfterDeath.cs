using Sim.Kernel.Tracehook;

namespace Sim.Scenarios.Laws;

/// <summary>
/// If an engine gets both callbacks, the death callback has returned before the reap callback starts, even when
/// release_task runs at the same time. (A death callback that never comes is G1, one after reap G3.)
/// </summary>
public sealed class G4ReapAfterDeath() : Law(
    "G4", "An engine that gets both death and reap gets reap after death has returned.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened is { Kind: EngineEventKind.CallbackBegan, Events: UtraceEvents.Reap } &&
            watch.Deaths > watch.DeathsEnded)
        {
            watch.Break(this, $"{watch.Label} gets reap before its death callback is over");
        }
    }
}
