using Sim.Kernel.Abi;

namespace Sim.Scenarios.Laws;

/// <summary>
/// After a first DETACH that returned 0 or -EINPROGRESS, every set_events and control that is called later on the
/// engine answers -ESRCH.
/// </summary>
public sealed class G14DetachedForGood() : Law(
    "G14", "After a successful DETACH every call on the engine answers -ESRCH.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened.Kind is EngineEventKind.SetEventsReturned or EngineEventKind.ControlReturned &&
            happened.Called.LetGo && happened.Error != Errno.ESRCH)
        {
            watch.Break(this, $"a call on {watch.Label} answered {happened.Error}");
        }
    }
}
