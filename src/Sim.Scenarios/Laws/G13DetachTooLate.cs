using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;

namespace Sim.Scenarios.Laws;

/// <summary>
/// -EALREADY from DETACH means that death is being reported: a death callback that was asked for has
/// happened or will. -ESRCH means that the engine was detached already, or that reaping has started: a
/// reap callback that was asked for has happened or will.
/// </summary>
public sealed class G13DetachTooLate() : Law(
    "G13", "A control(DETACH) that comes too late says who cleans up.")
{
    /// <inheritdoc/>
    public override void AtEnd(EngineWatch watch)
    {
        if (!watch.DetachReturned || watch.AnsweredDetach)
        {
            return;
        }

        if (watch.DetachResult == Errno.EALREADY && watch.Deaths == 0 &&
            (watch.Wanted & UtraceEvents.Death) != UtraceEvents.None)
        {
            watch.Break(this, $"{watch.Label} was told -EALREADY and got no death callback");
        }

        if (watch.DetachResult == Errno.ESRCH && watch.Reaps == 0 &&
            (watch.Wanted & UtraceEvents.Reap) != UtraceEvents.None)
        {
            watch.Break(this, $"{watch.Label} was told -ESRCH and got no reap callback");
        }
    }
}
