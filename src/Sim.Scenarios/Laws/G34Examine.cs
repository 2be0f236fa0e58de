using Sim.Kernel.Abi;
using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>
/// If prepare_examine returns 0 and finish_examine returns 0, the task did not run in between; a kill in between makes
/// finish_examine fail, although the task may not have run yet.
/// </summary>
public sealed class G34Examine() : Law(
    "G34", "An examination that ends well looked at a task that did not run and was not killed.")
{
    /// <inheritdoc/>
    public override TaskMonitor? WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : TaskMonitor
    {
        private readonly Ghost<int> _open;
        private readonly Ghost<int> _finishing;
        private readonly Ghost<int> _ran;

        internal Monitor(TaskWatch watch, Law law)
            : base(watch, law)
        {
            _open = new Ghost<int>(this, "being examined");
            _finishing = new Ghost<int>(this, "finish called");
            _ran = new Ghost<int>(this, "ran meanwhile");
        }

        public override void See(TaskEvent happened)
        {
            int bit = StopLedger.BitOf(happened);
            switch (happened)
            {
                case { Kind: TaskEventKind.OfEngine, Event: { Kind: EngineEventKind.ExamineBegan, Error: Errno.None } }:
                    _open.Note(_open.Peek | bit);
                    _finishing.Note(_finishing.Peek & ~bit);
                    _ran.Note(_ran.Peek & ~bit);
                    break;
                case { Kind: TaskEventKind.OfEngine, Event.Kind: EngineEventKind.ExamineEnding }:
                    _finishing.Note(_finishing.Peek | bit);
                    break;
                case { Kind: TaskEventKind.OfEngine, Event: { Kind: EngineEventKind.ExamineEnded, Error: var error } }:
                    if (error == Errno.None && (_open.Peek & _ran.Peek & bit) != 0)
                    {
                        Break($"{Watch.Task} ran or was killed while {happened.Engine!.Label} looked at it");
                    }

                    _open.Note(_open.Peek & ~bit);
                    break;
                case { Kind: TaskEventKind.KillDone }:
                    Ran();
                    break;
                default:
                    if (StopLedger.IsOwn(Watch, happened))
                    {
                        Ran();
                    }

                    break;
            }
        }

        /// <summary>What happens after finish_examine() was called may be later than its answer.</summary>
        private void Ran() => _ran.Note(_ran.Peek | (_open.Peek & ~_finishing.Peek));
    }
}
