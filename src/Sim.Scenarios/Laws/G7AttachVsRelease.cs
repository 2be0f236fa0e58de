namespace Sim.Scenarios.Laws;

/// <summary>
/// Every attach with CREATE either fails with -ESRCH, or succeeds and the releaser tears the engine
/// down. It never succeeds while the releaser has skipped utrace.
/// </summary>
public sealed class G7AttachVsRelease() : Law(
    "G7", "An attach that succeeds is torn down by whoever releases the task.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened.Kind == EngineEventKind.TaskReleased)
        {
            CheckTornDown(watch);
        }
    }

    /// <inheritdoc/>
    public override void AtEnd(EngineWatch watch)
    {
        if (watch.Target.IsFreed)
        {
            CheckTornDown(watch);
        }
    }

    private void CheckTornDown(EngineWatch watch)
    {
        if (watch.IsAttached && watch.Engine is { IsFreed: false } engine && engine.Ops.Peek is not null)
        {
            watch.Break(this, $"{watch.Label} attached and {watch.Target} was released without touching it");
        }
    }
}
