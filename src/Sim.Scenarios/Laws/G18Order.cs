using Sim.Kernel.Tracehook;
using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>
/// Within a pass the engines are asked in the order in which they were attached; at the entry of a system call in
/// the reverse order, with their quiesce callbacks. Death and reap go forward like everything else. Of two
/// attaches that overlap, either may be the first.
/// </summary>
public sealed class G18Order() : Law(
    "G18", "Engines are asked in the order of attaching, and in reverse at the entry of a system call.")
{
    /// <inheritdoc/>
    public override TaskMonitor WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : PassMonitor
    {
        private readonly Ghost<int>[] _olders;
        private readonly Ghost<int> _attached;
        private readonly Ghost<int> _called;
        private readonly Ghost<int> _reaped;
        private readonly Ghost<bool> _stops;

        internal Monitor(TaskWatch watch, Law law)
            : base(watch, law)
        {
            _olders = [.. Enumerable.Range(0, SettledEvents.Most).Select(i => new Ghost<int>(this, $"older than {i}"))];
            _attached = new Ghost<int>(this, "attached");
            _called = new Ghost<int>(this, "called");
            _reaped = new Ghost<int>(this, "reaped");
            _stops = new Ghost<bool>(this, "stops");
        }

        protected override void BeginPass() => _called.Note(0);

        protected override void See(EngineWatch engine, EngineEvent happened)
        {
            if (happened.Kind == EngineEventKind.AttachCalled)
            {
                _olders[engine.Number].Note(_attached.Peek);
            }
            else if (happened.Kind == EngineEventKind.AttachReturned)
            {
                _attached.Note(_attached.Peek | (1 << engine.Number));
            }
            else if (happened.Kind is EngineEventKind.ControlCalled or EngineEventKind.CallbackEnded &&
                happened.Action == Utrace.ResumeAction.Stop)
            {
                _stops.Note(true);
            }
            else if (happened.Kind is EngineEventKind.CallbackBegan && happened.Events == UtraceEvents.Reap)
            {
                Forward(engine, _reaped);
            }
            else if (happened.Kind is EngineEventKind.CallbackBegan && Hook == HookKind.SyscallEntry)
            {
                Reverse(engine);
            }
            else if (happened.Kind == EngineEventKind.CallbackBegan)
            {
                Forward(engine, _called);
            }
        }

        private void Forward(EngineWatch engine, Ghost<int> called)
        {
            for (int i = 0; i < SettledEvents.Most; i++)
            {
                if ((called.Peek & (1 << i)) != 0 && (_olders[i].Peek & (1 << engine.Number)) != 0)
                {
                    Break($"{engine.Label} is asked after a younger engine in the {Hook} pass");
                }
            }

            called.Note(called.Peek | (1 << engine.Number));
        }

        private void Reverse(EngineWatch engine)
        {
            if ((_olders[engine.Number].Peek & _called.Peek) != 0)
            {
                if (!_stops.Peek)
                {
                    Break($"{engine.Label} is asked after an older engine at the entry of a system call");
                }

                // After a stop the entry may be reported again.
                _called.Note(0);
            }

            _called.Note(_called.Peek | (1 << engine.Number));
        }
    }
}
