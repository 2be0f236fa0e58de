using Sim.Kernel.Abi;

namespace Sim.Scenarios.Laws;

/// <summary>
/// control(DETACH) that returns -EINPROGRESS means that the engine was being considered: at most the
/// callback being made or decided on uses the old operations, and none after it.
/// </summary>
public sealed class G12DetachInProgress() : Law(
    "G12", "After control(DETACH) answers -EINPROGRESS at most the current callback is made.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened.Kind == EngineEventKind.CallbackBegan && watch.DetachReturned &&
            watch.DetachResult == Errno.EINPROGRESS && watch.Grace == 0)
        {
            watch.Break(this, $"{watch.Label} gets another {happened.Events} callback");
        }
    }
}
