using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;

namespace Sim.Scenarios.Laws;

/// <summary>
/// set_events that returns 0 after clearing bits means that no callback of a cleared event is in
/// progress or can start; -EINPROGRESS that one possibly is, with the change in force for later ones. A
/// call that only adds, or that the task itself makes, never answers -EINPROGRESS.
/// </summary>
public sealed class G15ClearedEvents() : Law(
    "G15", "When set_events returns 0, no callback of a cleared event runs or will start.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened.Kind == EngineEventKind.CallbackBegan && !watch.DetachReturned &&
            happened.Events != UtraceEvents.Reap && (EngineWatch.AskedBy(happened.Events) & watch.Allowed) == UtraceEvents.None &&
            watch.Grace == 0)
        {
            watch.Break(this, $"{watch.Label} gets a {happened.Events} callback that it no longer asks for");
        }

        if (happened.Kind != EngineEventKind.SetEventsReturned)
        {
            return;
        }

        if (happened.Error == Errno.None && watch.InCallback &&
            (watch.Running & watch.Wanted & ~happened.Events) != UtraceEvents.None && !happened.ByTarget)
        {
            watch.Break(this, $"{watch.Label} is in its {watch.Running} callback");
        }

        if (happened.Error == Errno.EINPROGRESS &&
            (happened.ByTarget || (watch.Wanted & ~happened.Events) == UtraceEvents.None))
        {
            watch.Break(this, $"a call for {watch.Label} that clears nothing answers -EINPROGRESS");
        }
    }
}
