using Sim.Kernel.Tracehook;

namespace Sim.Scenarios.Laws;

/// <summary>
/// After teardown ops is NULL and flags are 0; set_events and control answer -ESRCH; the last reference
/// runs the release function exactly once.
/// </summary>
public sealed class G8TornDown() : Law(
    "G8", "After teardown an engine has no operations and no flags, and is released exactly once.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened.Kind == EngineEventKind.Released && watch.Releases > 0)
        {
            watch.Break(this, $"{watch.Label} is released twice");
        }
    }

    /// <inheritdoc/>
    public override void AtEnd(EngineWatch watch)
    {
        if (!watch.IsAttached || watch.Engine is not { } engine)
        {
            return;
        }

        if (engine.IsFreed && watch.Releases != 1)
        {
            watch.Break(this, $"{watch.Label} is gone and its release function ran {watch.Releases} times");
        }

        if (!engine.IsFreed && engine.Ops.Peek is null && watch.Reaps > 0 &&
            engine.Flags.Peek != UtraceEvents.None)
        {
            watch.Break(this, $"{watch.Label} was torn down and its flags are {engine.Flags.Peek}");
        }
    }
}
