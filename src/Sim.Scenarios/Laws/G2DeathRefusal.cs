using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;

namespace Sim.Scenarios.Laws;

/// <summary>
/// When exit_state is not zero, a set_events that newly asks for DEATH or QUIESCE answers -EALREADY and the flags
/// stay what they were. (-ESRCH when the engine is gone: G8, G14.) There is no third outcome.
/// </summary>
public sealed class G2DeathRefusal() : Law(
    "G2", "Asking for DEATH or QUIESCE of a task that has exited is refused with -EALREADY and changes nothing.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened.Kind != EngineEventKind.SetEventsReturned || !happened.Called.Exited || watch.Overlaps(happened) ||
            (happened.Events & ~happened.Called.Wanted & UtraceEvents.DeathEvents) == UtraceEvents.None)
        {
            return;
        }

        bool untouched = happened.TargetWas == TargetWas.NotReleasing && watch.Controls == 0 && !watch.AnsweredDetach;
        if (happened.Error != Errno.EALREADY && (happened.Error != Errno.ESRCH || untouched))
        {
            watch.Break(this, $"set_events of {watch.Label} on a task seen dead before returned {happened.Error}");
        }

        UtraceEvents changed = (happened.Flags ^ happened.Called.Flags) & ~UtraceEvents.EngineStop;
        if (happened.Error == Errno.EALREADY && untouched && changed != UtraceEvents.None)
        {
            watch.Break(this, $"the flags of {watch.Label} became {happened.Flags}");
        }
    }
}
