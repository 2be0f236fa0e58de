namespace Sim.Scenarios.Laws;

/// <summary>
/// A stopped task stays off its processor until every engine has cleared its own stop, or SIGKILL comes (explicit, of a
/// group exit, a fatal signal, or exec by a sibling). One engine's release never ends another's stop.
/// </summary>
public sealed class G27StopHolds() : Law(
    "G27", "A task stays stopped until every engine has let go of it, or it is killed.")
{
    /// <inheritdoc/>
    public override TaskMonitor? WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor(TaskWatch watch, Law law) : StopMonitor(watch, law)
    {
        protected override void Look(TaskEvent happened)
        {
            if (Ledger.PerhapsKilled || !StopLedger.IsOwn(Watch, happened))
            {
                return;
            }

            if (Ledger.Firm != 0)
            {
                Break($"{Watch.Task} runs although an engine holds it, whose control(STOP) returned 0");
            }
            else if ((StopPlaces.MustHaveStopped(Ledger, happened) & Ledger.OthersLetGo) != 0)
            {
                Break($"{Watch.Task} runs although an engine holds it, which answered STOP");
            }
        }
    }
}
