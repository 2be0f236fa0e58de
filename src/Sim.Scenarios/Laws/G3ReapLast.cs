namespace Sim.Scenarios.Laws;

/// <summary>
/// No callback of any kind begins after an engine's reap callback has begun. Reap happens at most once,
/// and exactly once if the engine wants REAP when it is torn down.
/// </summary>
public sealed class G3ReapLast() : Law(
    "G3", "A reap callback is the last callback, is made at most once, and is made if it was asked for.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened.Kind == EngineEventKind.CallbackBegan && watch.Reaps > 0)
        {
            watch.Break(this, $"{watch.Label} gets a {happened.Events} callback after its reap callback began");
        }
    }

    /// <inheritdoc/>
    public override void AtEnd(EngineWatch watch)
    {
        if (watch.ReapOwed && !watch.WasDetached && watch.Reaps == 0 && watch.Target.IsFreed)
        {
            watch.Break(this, $"{watch.Label} wanted REAP and the task was released without it");
        }
    }
}
