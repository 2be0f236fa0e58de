using Sim.Kernel.Tracehook;
using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>
/// An engine that wants QUIESCE gets quiesce with the event immediately before the event's own callback. What it
/// asks for in that quiesce callback counts at once, even for the event that is being reported. Exempt are reap,
/// and signals of an engine that has a signal callback.
/// </summary>
public sealed class G19QuiesceFirst() : Law(
    "G19", "An engine that wants QUIESCE gets quiesce before each event, and may ask for that event in it.")
{
    /// <inheritdoc/>
    public override TaskMonitor WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : PassMonitor
    {
        private readonly SettledEvents _settled;
        private readonly Ghost<int> _last;
        private readonly Ghost<UtraceEvents> _quiesced;
        private readonly Ghost<bool> _owed;

        internal Monitor(TaskWatch watch, Law law)
            : base(watch, law)
        {
            _settled = new SettledEvents(this);
            _last = new Ghost<int>(this, "last called", -1);
            _quiesced = new Ghost<UtraceEvents>(this, "quiesced for");
            _owed = new Ghost<bool>(this, "event owed");
        }

        protected override void BeginPass() => Forget();

        protected override void EndPass(TaskEvent happened)
        {
            if (_owed.Peek)
            {
                Break($"the {_quiesced.Peek} callback that follows quiesce is not made");
            }

            Forget();
        }

        protected override void See(EngineWatch engine, EngineEvent happened)
        {
            if (Begins(happened))
            {
                SeeCall(engine, happened);
            }

            _settled.See(engine, happened);
            if (Ends(happened) && happened.Events == UtraceEvents.Quiesce)
            {
                _last.Note(engine.Number);
                _quiesced.Note(happened.During);
                _owed.Note(IsEvent(happened.During) && (_settled[engine] & happened.During) != UtraceEvents.None);
            }
            else if (engine.Number == _last.Peek && _settled[engine] == UtraceEvents.None)
            {
                _owed.Note(false);
            }
        }

        private static bool IsEvent(UtraceEvents events) => events != UtraceEvents.None &&
            (events & UtraceEvents.SignalAll) == UtraceEvents.None;

        private void SeeCall(EngineWatch engine, EngineEvent happened)
        {
            bool follows = _last.Peek == engine.Number && _quiesced.Peek == happened.Events;
            if (_owed.Peek && !follows)
            {
                Break($"{engine.Label} is asked before the {_quiesced.Peek} callback that follows quiesce");
            }

            if (IsEvent(happened.Events) && happened.Events != UtraceEvents.Quiesce && !follows &&
                (_settled[engine] & UtraceEvents.Quiesce) != UtraceEvents.None)
            {
                Break($"{engine.Label} gets a {happened.Events} callback without quiesce before it");
            }

            Forget();
        }

        private void Forget()
        {
            _last.Note(-1);
            _owed.Note(false);
        }
    }
}
