using Sim.Kernel.Tasks;

namespace Sim.Scenarios.Laws;

/// <summary>
/// utrace holds no reference to a task: a task that has been released is freed, whoever still holds its engines.
/// Judged at the end, in worlds that give back every reference that they take themselves.
/// </summary>
public sealed class G37NoTaskHeld() : Law("G37", "An engine does not keep its task.")
{
    /// <inheritdoc/>
    public override void AtEnd(EngineWatch watch)
    {
        if (watch is { LeavesNoReference: true, Target.IsFreed: false } &&
            watch.Target.ExitState.Peek == ExitState.Dead && watch.Target.State.Peek == TaskState.Dead)
        {
            watch.Break(this, $"{watch.Target} is dead and released, and somebody holds it");
        }
    }
}
