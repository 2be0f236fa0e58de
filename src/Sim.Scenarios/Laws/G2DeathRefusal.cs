using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;

namespace Sim.Scenarios.Laws;

/// <summary>
/// When exit_state is not zero, a set_events that newly asks for DEATH or QUIESCE answers -EALREADY and
/// changes nothing; -ESRCH when the engine is gone already. There is no third outcome.
/// </summary>
public sealed class G2DeathRefusal() : Law(
    "G2", "Asking for DEATH or QUIESCE of a task that has exited is refused with -EALREADY.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened.Kind == EngineEventKind.SetEventsReturned && watch.CalledOnExited &&
            (happened.Events & ~watch.Wanted & UtraceEvents.DeathEvents) != UtraceEvents.None &&
            happened.Error is not (Errno.EALREADY or Errno.ESRCH))
        {
            watch.Break(this, $"set_events of {watch.Label} on a task seen dead before returned {happened.Error}");
        }
    }
}
