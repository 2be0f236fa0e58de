using Sim.Kernel.Abi;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// control(DETACH) on a task that is stopped for tracing returns 0, and no further callback is made
/// with the engine's own operations. That nobody else's stop is lost shows as a task that is stuck.
/// </summary>
public sealed class G10DetachWhileStopped() : Law(
    "G10", "Detaching from a stopped task succeeds at once, and no further callback is made.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened is { Kind: EngineEventKind.ControlReturned, Action: ResumeAction.Detach } &&
            happened.TargetWas == TargetWas.Traced && happened.Error != Errno.None)
        {
            watch.Break(this, $"the task was stopped and the detach of {watch.Label} answered {happened.Error}");
        }

        if (happened.Kind == EngineEventKind.CallbackBegan && watch.DetachedStopped)
        {
            watch.Break(this, $"{watch.Label} gets a {happened.Events} callback after it");
        }
    }
}
