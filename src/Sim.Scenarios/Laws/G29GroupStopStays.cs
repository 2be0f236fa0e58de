using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>
/// A task that is let go of the last stop while a group stop is in force stays asleep as a stopped task: it leaves the
/// group stop only after SIGCONT or a fatal signal was sent. A promise of the versions up to C; version D leaves it to
/// the signal code of 3.0.
/// </summary>
public sealed class G29GroupStopStays() : Law(
    "G29", "A task let go while its group is stopped stays stopped until SIGCONT.")
{
    /// <inheritdoc/>
    public override TaskMonitor? WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : StopMonitor
    {
        private readonly Ghost<bool> _continued;

        internal Monitor(TaskWatch watch, Law law)
            : base(watch, law)
            => _continued = new Ghost<bool>(this, "SIGCONT sent");

        protected override void Look(TaskEvent happened)
        {
            if (happened.Kind == TaskEventKind.ContinueSent)
            {
                _continued.Note(true);
            }
            else if (happened is { Kind: TaskEventKind.HookBegan, Hook: HookKind.FinishJctl } &&
                !_continued.Peek && !Ledger.PerhapsKilled && Ledger.Firm == 0)
            {
                Break($"{Watch.Task} runs on in a stopped group");
            }
        }
    }
}
