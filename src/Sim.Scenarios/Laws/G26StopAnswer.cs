using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// control(STOP) that returns 0 means that the task is stopped for tracing and that the engine holds it.
/// -EINPROGRESS means that it comes by soon: an engine that wants QUIESCE is called before the task is in user mode
/// a second time (it may have been on its way there).
/// </summary>
public sealed class G26StopAnswer() : Law(
    "G26", "A control(STOP) that returns 0 found the task stopped; after -EINPROGRESS the task soon comes by.")
{
    /// <inheritdoc/>
    public override TaskMonitor? WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : StopMonitor
    {
        private readonly Ghost<int> _looked;
        private readonly Ghost<int> _asked;
        private readonly Ghost<int> _letGo;
        private readonly Ghost<int> _owed;
        private readonly Ghost<int> _passed;

        internal Monitor(TaskWatch watch, Law law)
            : base(watch, law)
        {
            _looked = new Ghost<int>(this, "held when the look began");
            _asked = new Ghost<int>(this, "undisturbed requests");
            _letGo = new Ghost<int>(this, "engines that let go, or are about to");
            _owed = new Ghost<int>(this, "callbacks owed");
            _passed = new Ghost<int>(this, "owed in user mode");
        }

        protected override void Look(TaskEvent happened)
        {
            switch (happened)
            {
                case { Kind: TaskEventKind.LookBegan }:
                    _looked.Note(Ledger.Firm);
                    break;
                case { Kind: TaskEventKind.SeenNotTraced } when (_looked.Peek & Ledger.Firm) != 0 && !Ledger.PerhapsKilled:
                    Break($"control(STOP) returned 0 and {Watch.Task} is not stopped");
                    break;
                case { MayKill: true }:
                    _owed.Note(0);
                    break;
                case { Kind: TaskEventKind.InUserMode } when (_owed.Peek & _passed.Peek) != 0:
                    Break($"{Watch.Task} was in user mode twice after -EINPROGRESS without a callback");
                    break;
                case { Kind: TaskEventKind.InUserMode }:
                    _passed.Note(_owed.Peek);
                    break;
                case { Kind: TaskEventKind.OfEngine }:
                    LookAtEngine(StopLedger.BitOf(happened), happened.Engine!, happened.Event);
                    break;
                default:
                    break;
            }
        }

        private void LookAtEngine(int bit, EngineWatch engine, EngineEvent happened)
        {
            switch (happened)
            {
                case { Kind: EngineEventKind.CallbackEnded or EngineEventKind.ControlCalled, Action: ResumeAction.Detach }:
                    _letGo.Note(_letGo.Peek | bit);
                    _asked.Note(_asked.Peek & ~bit);
                    _owed.Note(_owed.Peek & ~bit);
                    break;
                case { Kind: EngineEventKind.ControlCalled } when happened.Action == ResumeAction.Stop:
                    _asked.Note((_asked.Peek | bit) & ~_letGo.Peek);
                    break;
                case { Kind: EngineEventKind.ControlReturned } when happened.Action == ResumeAction.Stop:
                    bool wants = engine.InFlight == 0 && (engine.Wanted & UtraceEvents.Quiesce) != UtraceEvents.None;
                    if (happened is { Error: Errno.EINPROGRESS, ByTarget: false } && wants &&
                        (_asked.Peek & bit) != 0 && !Ledger.PerhapsKilled)
                    {
                        _owed.Note(_owed.Peek | bit);
                        _passed.Note(_passed.Peek & ~bit);
                    }

                    break;
                case { Kind: EngineEventKind.ControlCalled or EngineEventKind.SetEventsCalled or EngineEventKind.CallbackBegan }:
                    _asked.Note(_asked.Peek & ~bit);
                    _owed.Note(_owed.Peek & ~bit);
                    break;
                default:
                    break;
            }
        }
    }
}
