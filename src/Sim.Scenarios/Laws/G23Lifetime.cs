namespace Sim.Scenarios.Laws;

/// <summary>
/// During a callback the engine and the task stay. In a clone callback the child is there as well, and does not run
/// before every clone callback has returned. That the task stays shows in the callbacks of the scenarios, which
/// look at it at their end.
/// </summary>
public sealed class G23Lifetime() : Law(
    "G23", "During a callback its engine stays, and a child does not run before its clone callbacks are over.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened.Kind == EngineEventKind.Released && watch.InCallback)
        {
            watch.Break(this, $"{watch.Label} is released in its {watch.Running} callback");
        }
    }

    /// <inheritdoc/>
    public override TaskMonitor WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor(TaskWatch watch, Law law) : PassMonitor(watch, law)
    {
        protected override void See(EngineWatch engine, EngineEvent happened)
        {
        }

        protected override void SeeOther(TaskEvent happened)
        {
            if (happened.Kind == TaskEventKind.InUserMode && Hook == HookKind.Clone &&
                !ReferenceEquals(happened.By, Watch.Task))
            {
                Break($"{happened.By} runs while {Watch.Task} still reports it");
            }
        }
    }
}
