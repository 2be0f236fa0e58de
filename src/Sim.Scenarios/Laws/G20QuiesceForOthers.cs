using Sim.Kernel.Tracehook;
using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>
/// An engine that wants QUIESCE is asked in every pass, also in those for events that only others want. Whoever is
/// asked in a pass shows that it is made.
/// </summary>
public sealed class G20QuiesceForOthers() : Law(
    "G20", "An engine that wants QUIESCE is asked in every pass, whoever wants the event.")
{
    /// <inheritdoc/>
    public override TaskMonitor WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : PassMonitor
    {
        private readonly SettledEvents _settled;
        private readonly Ghost<int> _called;
        private readonly Ghost<int> _owed;

        internal Monitor(TaskWatch watch, Law law)
            : base(watch, law)
        {
            _settled = new SettledEvents(this);
            _called = new Ghost<int>(this, "called");
            _owed = new Ghost<int>(this, "owed");
        }

        protected override void BeginPass()
        {
            _called.Note(0);
            _owed.Note(_settled.Wanting(UtraceEvents.Quiesce));
        }

        protected override void EndPass(TaskEvent happened)
        {
            int missed = _called.Peek != 0
                ? _owed.Peek & _settled.Wanting(UtraceEvents.Quiesce) & ~_called.Peek
                : 0;
            if (missed != 0)
            {
                Break($"engine {int.TrailingZeroCount(missed)} is passed over in the {Hook} pass");
            }

            _owed.Note(0);
        }

        protected override void See(EngineWatch engine, EngineEvent happened)
        {
            if (Begins(happened))
            {
                _called.Note(_called.Peek | (1 << engine.Number));
            }

            _settled.See(engine, happened);

            // What an engine gives up and takes back within the pass, it may miss.
            _owed.Note(_owed.Peek & _settled.Wanting(UtraceEvents.Quiesce));
        }
    }
}
