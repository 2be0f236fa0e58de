namespace Sim.Scenarios.Laws;

/// <summary>
/// A STOP that is answered at the entry of a system call stops the task before the call; at exit before anything is
/// torn down; in vfork's clone report before the parent waits; elsewhere before user mode. From a death callback it is
/// ignored. The law looks at answers since which nobody has let the task go.
/// </summary>
public sealed class G31StopPlaces() : Law(
    "G31", "A STOP that an engine answers takes effect at its place.")
{
    /// <inheritdoc/>
    public override TaskMonitor? WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor(TaskWatch watch, Law law) : StopMonitor(watch, law)
    {
        protected override void Look(TaskEvent happened)
        {
            if (!Ledger.PerhapsKilled && (StopPlaces.MustHaveStopped(Ledger, happened) & ~Ledger.OthersLetGo) != 0)
            {
                string where = happened.Kind == TaskEventKind.InUserMode ? "into user mode" : $"past its {happened.Hook} hook";
                Break($"{Watch.Task} ran {where} without the stop that an engine answered");
            }
        }
    }
}
