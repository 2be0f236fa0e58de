using Sim.Kernel.Abi;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// control(DETACH) that returns 0 means that at that moment no callback to the engine was in progress
/// and that none will start, whether the task was running (G11) or stopped for tracing (G10).
/// </summary>
public sealed class G11DetachWhileRunning() : Law(
    "G11", "When control(DETACH) returns 0, no callback runs and none will start.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        bool letGo = watch.DetachReturned && watch.DetachResult == Errno.None;
        if (happened.Kind == EngineEventKind.CallbackBegan && letGo)
        {
            watch.Break(this, $"{watch.Label} gets a {happened.Events} callback after it");
        }

        if (happened is { Kind: EngineEventKind.ControlReturned, Action: ResumeAction.Detach, Error: Errno.None } &&
            watch.InCallback)
        {
            watch.Break(this, $"{watch.Label} is in its {watch.Running} callback");
        }
    }
}
