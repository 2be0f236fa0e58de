namespace Sim.Scenarios.Laws;

/// <summary>
/// A callback is made with no lock held and outside every RCU read section, so it may sleep. Reap too, though its
/// caller does not like to wait.
/// </summary>
public sealed class G22NoLocks() : Law("G22", "A callback is made with no lock held, and may sleep.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened.Kind == EngineEventKind.CallbackBegan && happened.Locks != 0)
        {
            watch.Break(this, $"the {happened.Events} callback of {watch.Label} is made with {happened.Locks} held");
        }
    }
}
