using Sim.Kernel.Abi;

namespace Sim.Scenarios.Laws;

/// <summary>
/// barrier that returns 0 means that at some moment after the call began no ordinary callback to the
/// engine was in progress. From the task itself it returns 0 at once.
/// </summary>
public sealed class G16BarrierWaits() : Law(
    "G16", "When barrier returns 0, the callback that ran when it was called is over.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened is { Kind: EngineEventKind.BarrierReturned, Error: Errno.None, ByTarget: false } &&
            watch.BarrierOver != 0 && watch.BarrierOver == watch.Begun && watch.InCallback)
        {
            watch.Break(this, $"{watch.Label} is still in the {watch.Running} callback that ran when barrier was called");
        }
    }
}
