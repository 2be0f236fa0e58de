using Sim.Kernel.Abi;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// After a stop at the entry of a system call during which somebody asked for a report or an interrupt, the entry is
/// reported again before the call is made. The law looks at requests of an engine that itself held the task there. A
/// promise of version B and later; version A reports the entry once.
/// </summary>
public sealed class G32EntryAgain() : Law(
    "G32", "A request made during a stop at system call entry is answered by another entry report before the call.")
{
    /// <inheritdoc/>
    public override TaskMonitor? WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : StopMonitor
    {
        private readonly Ghost<int> _asking;
        private readonly Ghost<bool> _owed;
        private readonly Ghost<int> _changed;

        internal Monitor(TaskWatch watch, Law law)
            : base(watch, law)
        {
            _asking = new Ghost<int>(this, "asking while they hold it");
            _owed = new Ghost<bool>(this, "report owed");
            _changed = new Ghost<int>(this, "engines whose events others have changed");
        }

        protected override void Look(TaskEvent happened)
        {
            int bit = StopLedger.BitOf(happened);
            switch (happened)
            {
                case { Kind: TaskEventKind.OfEngine, Event: { Kind: EngineEventKind.ControlCalled, Action: ResumeAction.Detach } }:
                    // The last engine that wants entries may be gone, and with it whom to report to.
                    _asking.Note(0);
                    _owed.Note(false);
                    break;
                case { Kind: TaskEventKind.OfEngine, Event.Kind: EngineEventKind.SetEventsCalled }
                    when !SettledEvents.IsOwn(happened.Engine!, happened.Event):
                    _changed.Note(_changed.Peek | bit);
                    _owed.Note(false);
                    break;
                case { Kind: TaskEventKind.OfEngine, Event.Kind: EngineEventKind.ControlCalled }:
                    bool asks = happened.Event.Action is ResumeAction.Report or ResumeAction.Interrupt;
                    bool holds = (Ledger.AnsweredHere & ~_changed.Peek & bit) != 0 && Ledger.Hook == HookKind.SyscallEntry;
                    _asking.Note(asks && holds && happened.Event.TargetWas == TargetWas.Traced
                        ? _asking.Peek | bit
                        : _asking.Peek & ~bit);
                    _owed.Note(_owed.Peek || (_asking.Peek & bit) != 0);
                    break;
                case { Kind: TaskEventKind.OfEngine, Event.Kind: EngineEventKind.CallbackBegan }:
                case { Kind: TaskEventKind.OfEngine, Event: { Kind: EngineEventKind.ControlReturned, Error: not Errno.None } }:
                    _owed.Note(false);
                    break;
                case { Kind: TaskEventKind.HookEnded, Hook: HookKind.SyscallEntry, Result: 0 }
                    when _owed.Peek && !Ledger.PerhapsKilled:
                    Break($"{Watch.Task} makes the call without one");
                    break;
                case { Kind: TaskEventKind.HookBegan }:
                    _owed.Note(false);
                    break;
                default:
                    break;
            }
        }
    }
}
