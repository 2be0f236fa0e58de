using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>
/// If all stops are withdrawn between the return of a callback and the sleep, the task does not sleep. So nobody sees
/// it stopped for tracing who looks after the last engine has let go.
/// </summary>
public sealed class G28NoStopLeft() : Law(
    "G28", "A task that every engine has let go of does not sleep.")
{
    /// <inheritdoc/>
    public override TaskMonitor? WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : StopMonitor
    {
        private readonly Ghost<bool> _free;

        internal Monitor(TaskWatch watch, Law law)
            : base(watch, law)
            => _free = new Ghost<bool>(this, "nobody held it when the look began");

        protected override void Look(TaskEvent happened)
        {
            if (happened.Kind == TaskEventKind.LookBegan)
            {
                _free.Note(Ledger.Perhaps == 0);
            }
            else if (happened.Kind == TaskEventKind.SeenTraced && _free.Peek && Ledger.Perhaps == 0)
            {
                Break($"{Watch.Task} is stopped and nobody holds it");
            }
        }
    }
}
