using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// After control(INTERRUPT) has returned 0 the task makes a signal pass before it is in user mode again and before any
/// signal is delivered, if some engine wants QUIESCE. What the task was in the middle of when the call was made counts
/// for nothing: a signal hook that had begun, or its way to user mode.
/// </summary>
public sealed class G33Interrupt() : Law(
    "G33", "After control(INTERRUPT) the task makes a signal report before user mode and before any signal.")
{
    /// <inheritdoc/>
    public override TaskMonitor? WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : StopMonitor
    {
        private readonly Ghost<bool> _called;
        private readonly Ghost<bool> _owed;
        private readonly Ghost<bool> _user;
        private readonly Ghost<bool> _inHook;
        private readonly Ghost<int> _letGo;

        internal Monitor(TaskWatch watch, Law law)
            : base(watch, law)
        {
            _called = new Ghost<bool>(this, "called");
            _owed = new Ghost<bool>(this, "report owed");
            _user = new Ghost<bool>(this, "owed in user mode");
            _inHook = new Ghost<bool>(this, "signal hook began since");
            _letGo = new Ghost<int>(this, "engines that let go, or are about to");
        }

        protected override void Look(TaskEvent happened)
        {
            switch (happened)
            {
                case { Kind: TaskEventKind.OfEngine }:
                    LookAtEngine(happened.Engine!, happened.Event);
                    break;
                case { Kind: TaskEventKind.HookBegan, Hook: HookKind.Signal }:
                    _inHook.Note(_owed.Peek);
                    break;
                case { Kind: TaskEventKind.HookEnded, Hook: HookKind.Signal, Result: > 0 }
                    when _owed.Peek && _inHook.Peek && !Ledger.PerhapsKilled:
                    Break($"{Watch.Task} takes signal {happened.Result} first");
                    break;
                case { Kind: TaskEventKind.InUserMode } when _owed.Peek && _user.Peek && !Ledger.PerhapsKilled:
                    Break($"{Watch.Task} came to user mode twice without one");
                    break;
                case { Kind: TaskEventKind.InUserMode }:
                    _user.Note(_owed.Peek);
                    break;
                default:
                    break;
            }
        }

        private void LookAtEngine(EngineWatch engine, EngineEvent happened)
        {
            switch (happened)
            {
                case { Kind: EngineEventKind.ControlCalled, Action: ResumeAction.Interrupt }:
                    _called.Note(true);
                    break;
                case { Kind: EngineEventKind.ControlReturned, Action: ResumeAction.Interrupt }:
                    bool wants = engine.InFlight == 0 && (engine.Wanted & UtraceEvents.Quiesce) != UtraceEvents.None;
                    if (happened.Error == Errno.None && _called.Peek && wants && (_letGo.Peek & (1 << engine.Number)) == 0)
                    {
                        _owed.Note(true);
                        _user.Note(false);
                        _inHook.Note(false);
                    }

                    break;
                case { Kind: EngineEventKind.CallbackBegan } when Ledger.Hook == HookKind.Signal:
                    // A callback that began between call and return may be the answer already.
                    _called.Note(false);
                    _owed.Note(false);
                    break;
                case { Kind: EngineEventKind.ControlCalled or EngineEventKind.CallbackEnded, Action: ResumeAction.Detach }:
                    _letGo.Note(_letGo.Peek | (1 << engine.Number));
                    _owed.Note(false);
                    break;
                case { Kind: EngineEventKind.SetEventsCalled }:
                    _owed.Note(false);
                    break;
                default:
                    break;
            }
        }
    }
}
