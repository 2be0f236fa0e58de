using Sim.Kernel.Abi;

namespace Sim.Scenarios.Laws;

/// <summary>
/// After a first DETACH that returned 0 or -EINPROGRESS, every later set_events and control on the
/// engine answers -ESRCH.
/// </summary>
public sealed class G14DetachedForGood() : Law(
    "G14", "After a successful DETACH every call on the engine answers -ESRCH.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened.Kind is EngineEventKind.SetEventsReturned or EngineEventKind.ControlReturned &&
            watch.DetachReturned && watch.DetachResult is Errno.None or Errno.EINPROGRESS &&
            happened.Error != Errno.ESRCH)
        {
            watch.Break(this, $"a call on {watch.Label} answered {happened.Error}");
        }
    }
}
