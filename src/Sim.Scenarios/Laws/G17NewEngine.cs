using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>
/// An engine that is attached when a pass has begun gets no callback in that pass, not even if its own callback
/// attaches it and asks for the very event at once. The next pass asks it. A reap callback belongs to no pass.
/// </summary>
public sealed class G17NewEngine() : Law(
    "G17", "An engine that is attached during a pass gets no callback in that pass.")
{
    /// <inheritdoc/>
    public override TaskMonitor WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : PassMonitor
    {
        private readonly Ghost<int> _called;
        private readonly Ghost<int> _young;
        private readonly Ghost<bool> _stops;

        internal Monitor(TaskWatch watch, Law law)
            : base(watch, law)
        {
            _called = new Ghost<int>(this, "called");
            _young = new Ghost<int>(this, "young");
            _stops = new Ghost<bool>(this, "stops");
        }

        protected override void BeginPass()
        {
            _called.Note(0);
            _young.Note(0);
        }

        protected override void EndPass(TaskEvent happened) => BeginPass();

        protected override void See(EngineWatch engine, EngineEvent happened)
        {
            int bit = 1 << engine.Number;
            if (happened.Kind == EngineEventKind.AttachCalled && _called.Peek != 0)
            {
                _young.Note(_young.Peek | bit);
            }

            if (happened.Kind is EngineEventKind.ControlCalled or EngineEventKind.CallbackEnded &&
                happened.Action == Utrace.ResumeAction.Stop)
            {
                _stops.Note(true);
            }

            if (!Begins(happened))
            {
                return;
            }

            // An entry is reported again after a stop, and that is another pass, newest engine first.
            if (Hook == HookKind.SyscallEntry && _stops.Peek)
            {
                _young.Note(0);
            }

            if ((_young.Peek & bit) != 0)
            {
                Break($"{engine.Label} gets a {happened.Events} callback in the {Hook} pass in which it was attached");
            }

            _called.Note(_called.Peek | bit);
        }
    }
}
