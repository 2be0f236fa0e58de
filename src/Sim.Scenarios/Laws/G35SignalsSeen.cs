using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>
/// While an engine wants SIGNAL_TERM or SIGNAL_CORE, a fatal signal other than SIGKILL reaches report_signal before the
/// group is killed; while one wants SIGNAL_IGN, ignored signals are seen. The law looks at signals that are sent after
/// the engine's set_events returned; an engine without report_signal gets its quiesce callback for them instead. One
/// that still waits when the task ends of itself has had no effect.
/// </summary>
public sealed class G35SignalsSeen() : Law(
    "G35", "A signal that an engine wants to see reaches it before it has its effect.")
{
    /// <summary>The bits of an exit code that say which signal it was.</summary>
    private const int SignalOfExit = 0x7f;

    /// <inheritdoc/>
    public override TaskMonitor? WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : StopMonitor
    {
        private readonly SettledEvents _settled;
        private readonly Ghost<int> _owed;
        private readonly Ghost<int> _user;
        private readonly Ghost<bool> _done;
        private readonly Ghost<SigSet> _shown;

        internal Monitor(TaskWatch watch, Law law)
            : base(watch, law)
        {
            _settled = new SettledEvents(this);
            _owed = new Ghost<int>(this, "signal owed");
            _user = new Ghost<int>(this, "signal owed in user mode");
            _done = new Ghost<bool>(this, "signal sent");
            _shown = new Ghost<SigSet>(this, "signals shown");
        }

        protected override void Look(TaskEvent happened)
        {
            switch (happened)
            {
                case { Kind: TaskEventKind.SignalSent } when SomeoneWantsAll:
                    _owed.Note(happened.Result);
                    _done.Note(false);
                    break;
                case { Kind: TaskEventKind.KillSent or TaskEventKind.ContinueSent }:
                    _owed.Note(0);
                    break;
                case { Kind: TaskEventKind.HookBegan, Hook: HookKind.Exit }
                    when _owed.Peek != 0 && (happened.Result & SignalOfExit) == _owed.Peek && !_shown.Peek.Contains(_owed.Peek):
                    Break($"signal {_owed.Peek} ended {Watch.Task} and was shown to nobody");
                    break;
                case { Kind: TaskEventKind.InUserMode } when _done.Peek && _owed.Peek != 0 && _user.Peek == _owed.Peek:
                    Break($"{Watch.Task} came to user mode twice and signal {_owed.Peek} was shown to nobody");
                    break;
                case { Kind: TaskEventKind.SignalDone }:
                    _done.Note(true);
                    _user.Note(0);
                    break;
                case { Kind: TaskEventKind.InUserMode } when _done.Peek:
                    _user.Note(_owed.Peek);
                    break;
                case { Kind: TaskEventKind.OfEngine }:
                    LookAtEngine(happened.Engine!, happened.Event);
                    break;
                default:
                    break;
            }
        }

        /// <summary>Whether an engine surely wants every kind of signal.</summary>
        private bool SomeoneWantsAll
            => (_settled.Wanting(UtraceEvents.Signal) & _settled.Wanting(UtraceEvents.SignalIgnored) &
                _settled.Wanting(UtraceEvents.SignalTerminate) & _settled.Wanting(UtraceEvents.SignalCore)) != 0;

        private void LookAtEngine(EngineWatch engine, EngineEvent happened)
        {
            _settled.See(engine, happened);
            switch (happened)
            {
                case { Kind: EngineEventKind.SetEventsCalled } or
                { Kind: EngineEventKind.ControlCalled, Action: Utrace.ResumeAction.Detach } or
                { Kind: EngineEventKind.CallbackEnded, Action: Utrace.ResumeAction.Detach }:
                    _owed.Note(0);
                    break;
                case { Kind: EngineEventKind.CallbackBegan, Signal: > 0 }:
                    // Another of the same number may have been sent since; which of them ends the task, nobody sees.
                    _shown.Note(_shown.Peek.With(happened.Signal));
                    _owed.Note(happened.Signal == _owed.Peek ? 0 : _owed.Peek);
                    break;
                case { Kind: EngineEventKind.CallbackBegan, Events: UtraceEvents.Quiesce } when
                    (happened.During & UtraceEvents.SignalAll) != UtraceEvents.None && _owed.Peek != 0:
                    // An engine without report_signal is told of a signal, and not of which.
                    _shown.Note(_shown.Peek.With(_owed.Peek));
                    _owed.Note(0);
                    break;
                default:
                    break;
            }
        }
    }
}
